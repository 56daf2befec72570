//! What stands in `deploy` names only what there is: settings, commands, metrics, files, and each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use bfw::{
    cli::Cli,
    config::{SETTINGS, environment_name},
};
use clap::Parser as _;
use yaml_rust2::{Yaml, YamlLoader, yaml::Hash};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join("deploy").join(path)).unwrap_or_else(|error| panic!("deploy/{path}: {error}"))
}

fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|setting| environment_name(setting.name) == name)
}

/// The names in a text that begin so and are not part of longer ones.
fn names(text: &str, prefix: &str) -> BTreeSet<String> {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let words = text.split(|sign| !is_part(sign));
    words.filter(|word| word.starts_with(prefix) && word.len() > prefix.len()).map(str::to_owned).collect()
}

/// Goes on if the program takes this command line.
fn takes(arguments: &[&str]) {
    let line = std::iter::once("bfw").chain(arguments.iter().copied());
    if let Err(error) = Cli::try_parse_from(line) {
        panic!("{arguments:?}: {error}");
    }
}

/// The port of an address.
fn port(address: &str) -> &str {
    address.rsplit_once(':').unwrap().1
}

/// The instructions of the Dockerfile: what each is, and what it says.
fn instructions() -> Vec<(String, String)> {
    let text = read("Dockerfile");
    let whole: String = text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    let split = |line: &str| line.trim().split_once(' ').map(|(what, rest)| (what.to_owned(), rest.trim().to_owned()));
    whole.replace("\\\n", " ").lines().filter_map(split).collect()
}

/// What an instruction says in the form of a list.
fn listed(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn strings(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// Every file that is meant to be read by somebody who deploys, as one text.
fn everything() -> String {
    let (mut folders, mut text) = (vec![root().join("deploy")], String::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                text += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

#[test]
fn every_setting_that_is_named_is_one() {
    let named = names(&everything(), "BFW_");
    assert!(named.len() > 10, "{named:?}");
    let unknown: Vec<&String> = named.iter().filter(|name| !is_setting(name)).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

#[test]
fn the_image_is_built_of_what_there_is_and_runs_what_the_program_takes() {
    let instructions = instructions();
    let all = |what: &str| -> Vec<&str> {
        instructions.iter().filter(|(is, _)| is == what).map(|(_, says)| says.as_str()).collect()
    };
    let one = |what: &str| -> &str {
        let [says] = all(what)[..] else { panic!("one {what}: {:?}", all(what)) };
        says
    };
    for base in all("FROM") {
        let (image, tag) = base.split_whitespace().next().unwrap().split_once(':').unwrap();
        assert!(tag.contains("trixie"), "{image}:{tag} names no release of Debian");
    }
    let rust = all("FROM")[0].to_owned();
    let needed = env!("CARGO_PKG_RUST_VERSION");
    assert!(rust.starts_with(&format!("rust:{}-", needed.trim_end_matches(".0"))), "{rust} and Cargo.toml's {needed}");
    let ignored = std::fs::read_to_string(root().join(".dockerignore")).unwrap();
    for copied in all("COPY").into_iter().filter(|copied| !copied.starts_with("--from")) {
        let paths: Vec<&str> = copied.split_whitespace().collect();
        for path in &paths[..paths.len() - 1] {
            assert!(root().join(path).exists(), "COPY {path}");
            assert!(ignored.lines().any(|line| line == format!("!{path}")), ".dockerignore leaves {path} out");
        }
    }
    assert!(all("RUN").iter().any(|run| run.contains("cargo build --release --locked --bin bfw")));
    assert!(!one("USER").starts_with('0') && !one("USER").starts_with("root"));
    assert_eq!(one("STOPSIGNAL"), "SIGTERM");
    assert_eq!(one("ENTRYPOINT"), "[\"bfw\"]");
    takes(&strings(&listed(one("CMD"))));
    let (_, health) = one("HEALTHCHECK").split_once("CMD ").unwrap();
    takes(&strings(&listed(health))[1..]);
    let environment: BTreeMap<&str, &str> =
        one("ENV").split_whitespace().map(|pair| pair.split_once('=').unwrap()).collect();
    assert_eq!(one("EXPOSE"), port(environment["BFW_LISTEN"]));
    assert!(one("VOLUME").contains(environment["BFW_DATA_DIR"]));
    assert_eq!(all("ARG"), Vec::<&str>::new(), "what is given at build time stays in the image");
}

fn text<'a>(value: &'a Yaml, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value:?}"))
}

fn list(value: &Yaml) -> Vec<&str> {
    value.as_vec().into_iter().flatten().map(|item| item.as_str().unwrap()).collect()
}

fn keys(value: &Yaml) -> BTreeSet<&str> {
    value.as_hash().into_iter().flatten().map(|(name, _)| name.as_str().unwrap()).collect()
}

/// The services with what they share written out.
fn services(compose: &Yaml) -> BTreeMap<String, Yaml> {
    let merged = |service: &Yaml| {
        let mut merged = Hash::new();
        let shared = service["<<"].as_hash().into_iter().flatten();
        for (name, value) in shared.chain(service.as_hash().unwrap()) {
            merged.insert(name.clone(), value.clone());
        }
        Yaml::Hash(merged)
    };
    let services = compose["services"].as_hash().unwrap();
    services.iter().map(|(name, service)| (name.as_str().unwrap().to_owned(), merged(service))).collect()
}

#[test]
fn what_is_composed_refers_to_what_there_is_and_starts_without_no_secret() {
    let composed = YamlLoader::load_from_str(&read("compose.yaml")).unwrap();
    let [compose] = &composed[..] else { panic!("one document") };
    let services = services(compose);
    let (mut volumes, mut secrets, mut networks) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (name, service) in &services {
        assert!(keys(service).is_superset(&BTreeSet::from(["image", "restart", "healthcheck", "cap_drop"])), "{name}");
        let image = text(service, "image");
        assert!(image.split_once(':').is_some_and(|(_, tag)| tag != "latest"), "{image}");
        assert_eq!(list(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(list(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        assert_eq!(service["read_only"], Yaml::Boolean(true), "{name}");
        let limits = &service["deploy"]["resources"]["limits"];
        assert!(!text(limits, "memory").is_empty() && !text(limits, "cpus").is_empty(), "{name}");
        for (needed, how) in service["depends_on"].as_hash().into_iter().flatten() {
            let needed = services.get(needed.as_str().unwrap()).unwrap_or_else(|| panic!("{name} needs {needed:?}"));
            assert_eq!(text(how, "condition"), "service_healthy");
            assert!(!needed["healthcheck"]["test"].is_badvalue());
        }
        for volume in list(&service["volumes"]) {
            let from = volume.split(':').next().unwrap();
            if let Some(path) = from.strip_prefix("./") {
                assert!(root().join("deploy").join(path).is_file(), "{from}");
            } else {
                volumes.insert(from.to_owned());
            }
        }
        secrets.extend(list(&service["secrets"]).into_iter().map(str::to_owned));
        networks.extend(list(&service["networks"]).into_iter().map(str::to_owned));
        for published in list(&service["ports"]) {
            assert!(published.starts_with("127.0.0.1:"), "{name} is published to everybody: {published}");
        }
    }
    let owned = |value: &Yaml| keys(value).into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    assert_eq!(volumes, owned(&compose["volumes"]));
    assert_eq!(secrets, owned(&compose["secrets"]));
    assert_eq!(networks, owned(&compose["networks"]));
    // A secret is a file that nobody has made yet, or the start fails for want of it; none stands here.
    for (name, secret) in compose["secrets"].as_hash().unwrap() {
        let file = text(secret, "file");
        assert!(file.starts_with("./secrets/") && !root().join("deploy").join(file).exists(), "{name:?}");
    }
    let secret = |name: &str| SETTINGS.iter().any(|setting| setting.secret && environment_name(setting.name) == name);
    for (name, service) in &services {
        for variable in keys(&service["environment"]) {
            let told = variable.contains("PASSWORD") || variable.contains("SECRET") || variable.contains("MASTER_KEY");
            assert!(!secret(variable) && (!told || variable.ends_with("_FILE")), "{name}: {variable}");
        }
    }
    assert_eq!(services["garage"]["env_file"][0]["required"], Yaml::Boolean(true));
}

#[test]
fn what_is_composed_runs_commands_that_the_program_takes_at_the_ports_that_it_listens_on() {
    let composed = YamlLoader::load_from_str(&read("compose.yaml")).unwrap();
    let services = services(&composed[0]);
    for name in ["bfw", "worker"] {
        let service = &services[name];
        takes(&list(&service["command"]));
        let health = list(&service["healthcheck"]["test"]);
        assert_eq!(health[..2], ["CMD", "bfw"], "{name}");
        takes(&health[2..]);
        assert_eq!(root().join("deploy").join(text(&service["build"], "context")).canonicalize().unwrap(), root());
        assert!(root().join(text(&service["build"], "dockerfile")).is_file());
        assert_eq!(text(service, "image"), format!("bfw:{}", env!("CARGO_PKG_VERSION")));
    }
    let published = |name: &str| port(list(&services[name]["ports"])[0]).to_owned();
    let environment = &services["bfw"]["environment"];
    assert_eq!(published("bfw"), port(text(environment, "BFW_LISTEN")));
    let worker = list(&services["worker"]["command"]);
    assert_eq!(published("worker"), port(worker.last().unwrap()));
    assert!(list(&services["worker"]["healthcheck"]["test"])[4].contains(&published("worker")));
    // What the one is told of the other.
    let garage = read("garage.toml").parse::<toml::Table>().unwrap();
    assert_eq!(port(garage["s3_api"]["api_bind_addr"].as_str().unwrap()), published("garage"));
    assert_eq!(garage["s3_api"]["s3_region"].as_str().unwrap(), text(environment, "BFW_S3_REGION"));
    let bucket = text(&services["garage"]["environment"], "GARAGE_DEFAULT_BUCKET");
    assert_eq!(bucket, text(environment, "BFW_S3_BUCKET"));
    assert_eq!(text(environment, "BFW_MEILISEARCH_URL"), "http://meilisearch:7700");
    assert!(list(&services["meilisearch"]["command"]).contains(&"--max-indexing-memory"));
    let scraped = YamlLoader::load_from_str(&read("prometheus/prometheus.yml")).unwrap();
    let targets = list(&scraped[0]["scrape_configs"][0]["static_configs"][0]["targets"]);
    let ports: Vec<&str> = targets.into_iter().map(port).collect();
    assert_eq!(ports, [published("bfw"), published("worker")]);
    assert_eq!(scraped[0]["rule_files"][0].as_str(), Some("alerts.yml"));
}

/// What a unit of systemd sets, by section and name; what is set more than once has each value.
fn unit(file: &str) -> BTreeMap<(String, String), Vec<String>> {
    let (mut section, mut found) = (String::new(), BTreeMap::<_, Vec<String>>::new());
    for line in read(file).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => name.clone_into(&mut section),
            None => {
                let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{file}: {line}"));
                found.entry((section.clone(), name.to_owned())).or_default().push(value.to_owned());
            }
        }
    }
    found
}

#[test]
fn the_units_run_commands_that_the_program_takes_and_let_them_end() {
    for file in ["bfw.service", "bfw-worker.service"] {
        let unit = unit(file);
        let of_service = |name: &str| {
            let key = ("Service".to_owned(), name.to_owned());
            unit.get(&key).unwrap_or_else(|| panic!("{file} has no {name}")).clone()
        };
        let start = of_service("ExecStart").remove(0);
        let words: Vec<&str> = start.split_whitespace().collect();
        assert_eq!(words[0], "/usr/local/bin/bfw");
        takes(&words[1..]);
        let credential = of_service("LoadCredential").remove(0);
        let (name, _) = credential.split_once(':').unwrap();
        assert!(start.contains(&format!("${{CREDENTIALS_DIRECTORY}}/{name}")), "{start}");
        let setting = |name: &str| SETTINGS.iter().find(|setting| setting.name == name).unwrap().default;
        let request: u64 = setting("request_seconds").parse().unwrap();
        let stop: u64 = of_service("TimeoutStopSec")[0].trim_end_matches('s').parse().unwrap();
        assert!(stop >= request + 30 + 10, "{file} cuts off what runs");
        assert_eq!(of_service("ExecReload"), ["/bin/kill -HUP $MAINPID"]);
        assert_eq!(of_service("ProtectSystem"), ["strict"]);
        assert_eq!(of_service("NoNewPrivileges"), ["yes"]);
        assert_eq!(of_service("CapabilityBoundingSet"), [""]);
        let folder = format!("BFW_DATA_DIR=/var/lib/{}", of_service("StateDirectory")[0]);
        assert!(of_service("Environment").contains(&folder), "{file} writes elsewhere than it may");
    }
    let listen = read("bfw.env.example").lines().find_map(|line| line.strip_prefix("BFW_LISTEN=").map(str::to_owned));
    assert_eq!(listen.as_deref(), Some("127.0.0.1:8080"));
}

/// What the program measures: names of counters, gauges and histograms, as they stand in the source.
fn measured() -> BTreeMap<String, bool> {
    let (mut folders, mut found) = (vec![root().join("src")], BTreeMap::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap_or_default();
            for (call, is_histogram) in
                [("counter!(\"", false), ("gauge!(\"", false), ("gauge(\"", false), ("histogram!(\"", true)]
            {
                for rest in source.split(call).skip(1) {
                    found.insert(rest.split('"').next().unwrap().to_owned(), is_histogram);
                }
            }
        }
    }
    found
}

/// Goes on if every metric of an expression is one that the program has.
fn asks_for_what_is_measured(expression: &str, measured: &BTreeMap<String, bool>) {
    let named = names(expression, "bfw_");
    assert!(!named.is_empty() || expression.contains("up{job=\"bfw\"}"), "{expression}");
    for name in named {
        let histogram = ["_bucket", "_count", "_sum"].iter().find_map(|ending| name.strip_suffix(ending));
        let known = measured.get(&name) == Some(&false) || histogram.is_some_and(|of| measured.get(of) == Some(&true));
        assert!(known, "{name} in {expression} is not measured");
    }
    for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
        assert_eq!(expression.matches(open).count(), expression.matches(close).count(), "{expression}");
    }
}

#[test]
fn alerts_and_dashboard_ask_for_what_the_program_measures() {
    let measured = measured();
    assert!(measured.len() > 10 && measured.contains_key("bfw_outbox_parked"), "{measured:?}");
    let alerts = YamlLoader::load_from_str(&read("prometheus/alerts.yml")).unwrap();
    let rules = alerts[0]["groups"][0]["rules"].as_vec().unwrap();
    let mut watched = BTreeSet::new();
    for rule in rules {
        asks_for_what_is_measured(text(rule, "expr"), &measured);
        watched.extend(names(text(rule, "expr"), "bfw_"));
        assert!(["page", "ticket"].contains(&text(&rule["labels"], "severity")));
        for said in ["summary", "mend"] {
            let said = text(&rule["annotations"], said);
            // What somebody is told to run is what the program takes.
            for command in said.split('`').skip(1).step_by(2) {
                takes(&command.split_whitespace().skip(1).collect::<Vec<_>>());
            }
        }
    }
    for metric in ["bfw_outbox_parked", "bfw_outbox_oldest_seconds", "bfw_faults_total", "bfw_search_degraded"] {
        assert!(watched.contains(metric), "nobody is told of {metric}");
    }

    let dashboard: serde_json::Value = serde_json::from_str(&read("prometheus/dashboard.json")).unwrap();
    let (mut ids, mut shown) = (BTreeSet::new(), BTreeSet::new());
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "each panel has a number of its own");
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            asks_for_what_is_measured(expression, &measured);
            shown.extend(names(expression, "bfw_"));
        }
    }
    let hidden: Vec<&String> = measured
        .keys()
        .filter(|name| !shown.iter().any(|shown| shown == *name || shown.starts_with(&format!("{name}_"))))
        .collect();
    assert_eq!(hidden, Vec::<&String>::new(), "what is measured and shown nowhere");
}

#[test]
fn what_is_copied_by_hand_is_there() {
    for (file, named) in [("compose.yaml", ".env.example"), ("bfw.service", "bfw.env.example")] {
        assert!(read(file).contains(named) && Path::new(&root().join("deploy").join(named)).is_file(), "{named}");
    }
}

//! Programs that are not ours and check what we sign: stock libraries in Python and in JavaScript.
//!
//! They are installed once, in the folder for what builds leave behind, by the ordinary clients of their registries and by
//! the versions that `tests/verifiers` pins. Where Python or Node.js is missing, or nothing can be installed, that is said
//! and the tests pass; with `CI=true` they fail.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{say_once, setting};

/// Where the programs and what they need are told.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verifiers");

/// A verifier with its libraries in place.
#[derive(Debug, Clone)]
pub(crate) enum Verifier {
    /// PyJWT.
    Python { libraries: PathBuf },
    /// jose, and Digital Bazaar's status lists.
    Node { folder: PathBuf },
}

/// What a verifier says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is good; its id.
    Valid(String),
    /// It is not to be relied on; why.
    Refused(String),
}

impl Verifier {
    /// Both, or none where they cannot be had.
    pub(crate) fn all() -> Vec<Self> {
        let found = [("Python", Self::python()), ("Node.js", Self::node())].map(|(what, verifier)| {
            verifier.inspect_err(|reason| {
                let told = format!("the verifiers in {what}: {reason}");
                assert!(setting("CI").as_deref() != Some("true"), "{told}");
                say_once(&told);
            })
        });
        found.into_iter().flatten().collect()
    }

    fn python() -> Result<Self, String> {
        Ok(Self::Python { libraries: python_libraries("python")? })
    }

    fn node() -> Result<Self, String> {
        let sources = Path::new(SOURCES).join("node");
        let files = ["package.json", "package-lock.json", "verify.mjs"].map(|name| sources.join(name));
        let folder = installed("node", &files.each_ref().map(PathBuf::as_path), |folder| {
            for file in &files {
                let name = file.file_name().ok_or("no name")?;
                fs::copy(file, folder.join(name)).map_err(|error| error.to_string())?;
            }
            let mut npm = Command::new("npm");
            run(npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder)).map(drop)
        })?;
        Ok(Self::Node { folder })
    }

    /// What it says of a bundle at an instant, with the issuer's document.
    pub(crate) fn verify(&self, folder: &Path, bundle: &Value, document: &Value, instant: &str) -> Verdict {
        let mut command = match self {
            Self::Python { libraries } => script(libraries, "verify.py"),
            Self::Node { folder } => {
                let mut node = Command::new("node");
                node.arg(folder.join("verify.mjs"));
                node
            }
        };
        with_files(&mut command, folder, bundle, document);
        self.verdict(command.arg(instant))
    }

    /// What it says of the proof that an event is in a signed chain, with the issuer's document; none where it knows nothing of
    /// chains.
    pub(crate) fn verify_inclusion(&self, folder: &Path, proof: &Value, document: &Value) -> Option<Verdict> {
        let Self::Python { libraries } = self else { return None };
        let mut command = script(libraries, "inclusion.py");
        with_files(&mut command, folder, proof, document);
        Some(self.verdict(&mut command))
    }

    fn verdict(&self, command: &mut Command) -> Verdict {
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let told = || format!("{self:?}: {}\n{said}\n{}", output.status, String::from_utf8_lossy(&output.stderr));
        let verdict: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{}", told()));
        match (output.status.code(), &verdict["valid"]) {
            (Some(0), Value::Bool(true)) => Verdict::Valid(verdict["id"].as_str().unwrap().to_owned()),
            (Some(1), Value::Bool(false)) => Verdict::Refused(verdict["reason"].as_str().unwrap().to_owned()),
            _ => panic!("{}", told()),
        }
    }
}

/// A program of ours in Python, with libraries.
fn script(libraries: &Path, name: &str) -> Command {
    let mut python = Command::new("python3");
    python.arg(Path::new(SOURCES).join("python").join(name));
    python.env("PYTHONPATH", libraries).env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

/// Hands over what is to be verified and the issuer's document.
fn with_files(command: &mut Command, folder: &Path, what: &Value, document: &Value) {
    let (what_file, document_file) = (folder.join("verified.json"), folder.join("did.json"));
    fs::write(&what_file, what.to_string()).unwrap();
    fs::write(&document_file, document.to_string()).unwrap();
    command.arg(what_file).arg(document_file);
}

/// What the reference implementation of EPCIS's event hash makes of a document: of each event the text that is hashed, and
/// the hash. None where it cannot be had.
pub(crate) fn reference_event_hashes(folder: &Path, document: &Value) -> Option<Vec<(String, String)>> {
    let libraries = match python_libraries("epcis") {
        Ok(libraries) => libraries,
        Err(reason) => {
            let told = format!("the reference implementation of the event hash: {reason}");
            assert!(setting("CI").as_deref() != Some("true"), "{told}");
            say_once(&told);
            return None;
        }
    };
    let file = folder.join("events.json");
    fs::write(&file, document.to_string()).unwrap();
    let mut python = Command::new("python3");
    python.arg(Path::new(SOURCES).join("epcis/hash.py")).arg(file);
    python.env("PYTHONPATH", libraries).env("PYTHONDONTWRITEBYTECODE", "1");
    let said: Vec<Value> = serde_json::from_slice(&run(&mut python).unwrap()).unwrap();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    Some(said.iter().map(|one| (text(one, "text"), text(one, "hash"))).collect())
}

/// What the standard's own tool merges the releases of each process into, by the release schema with its extensions: compiled and
/// versioned. None where it cannot be had.
pub(crate) fn merged_by_the_standard(folder: &Path, schema: &Value, processes: &Value) -> Option<Vec<(Value, Value)>> {
    let libraries = match python_libraries("ocds") {
        Ok(libraries) => libraries,
        Err(reason) => {
            let told = format!("the merge tool of the open contracting standard: {reason}");
            assert!(setting("CI").as_deref() != Some("true"), "{told}");
            say_once(&told);
            return None;
        }
    };
    let (schema_file, file) = (folder.join("schema.json"), folder.join("processes.json"));
    fs::write(&schema_file, schema.to_string()).unwrap();
    fs::write(&file, processes.to_string()).unwrap();
    let mut python = Command::new("python3");
    python.arg(Path::new(SOURCES).join("ocds/merge.py")).arg(schema_file).arg(file);
    python.env("PYTHONPATH", libraries).env("PYTHONDONTWRITEBYTECODE", "1");
    let said: Vec<Value> = serde_json::from_slice(&run(&mut python).unwrap()).unwrap();
    Some(said.into_iter().map(|mut one| (one["compiled"].take(), one["versioned"].take())).collect())
}

/// A folder with the libraries that a folder of `tests/verifiers` pins.
fn python_libraries(name: &str) -> Result<PathBuf, String> {
    let requirements = Path::new(SOURCES).join(name).join("requirements.txt");
    installed(name, &[&requirements], |folder| {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"]);
        run(pip.arg(folder).arg("-r").arg(&requirements)).map(drop)
    })
}

/// A folder in which something was installed by what `files` say; done once, and anew when they change.
fn installed(
    name: &str,
    files: &[&Path],
    install: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let mut digest = Sha256::new();
    for file in files {
        digest.update(fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?);
    }
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verifiers");
    fs::create_dir_all(&parent).map_err(|error| error.to_string())?;
    let folder = parent.join(format!("{name}-{}", hex::encode(&digest.finalize()[..8])));
    // Tests of one process and of others wait for whoever is first.
    let lock = fs::File::create(parent.join(format!("{name}.lock"))).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let done = folder.join(".installed");
    if !done.exists() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        install(&folder)?;
        fs::write(done, "").map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{}: {}", command.get_program().display(), String::from_utf8_lossy(&output.stderr).trim()))
    }
}

//! What is taken and what is refused, and that no secret is repeated.

use std::io::Write;

use secrecy::ExposeSecret;

use super::*;

#[test]
fn the_defaults_are_allowed() {
    let config = Config::from_pairs([]).unwrap();
    assert_eq!(config.listen.port(), 8_080);
    assert!(config.data_dir.is_absolute() && config.data_dir.ends_with("data"));
    let url = config.database_url.expose_secret();
    assert!(url.starts_with("sqlite:///") && url.ends_with("/data/bfw.sqlite"), "{url}");
    assert_eq!(config.cors_origins, CorsOrigins::Listed(vec![]));
}

#[test]
fn a_bad_value_is_named_with_what_is_allowed() {
    let said = |pair| Config::from_pairs([pair]).unwrap_err().to_string();
    assert_eq!(said(("database_connections", "0")), r#"BFW_DATABASE_CONNECTIONS = "0" is not allowed: use 1 to 500"#);
    assert!(said(("listen", "8080")).contains("an address and port"));
    assert!(said(("log", "bfw=loud")).contains("BFW_LOG"));
    assert!(said(("cors_origins", "example.org")).contains("scheme://host"));
}

#[test]
fn a_secret_is_not_repeated() {
    let said = Config::from_pairs([("database_url", "mysql://u:hunter2@h/d")]).unwrap_err().to_string();
    assert!(said.contains("BFW_DATABASE_URL") && !said.contains("hunter2"), "{said}");
    let config = Config::from_pairs([("database_url", "postgres://u:hunter2@h/d")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn an_unknown_name_is_refused_with_the_near_one() {
    let said = Config::from_pairs([("database", "x")]).unwrap_err().to_string();
    assert!(said.contains("BFW_DATABASE") && said.contains("did you mean BFW_DATABASE_URL?"), "{said}");
}

#[test]
fn a_file_is_read_and_its_slips_are_told() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "access_minutes = 5\ncors_origins = [\"https://a.ml\", \"https://b.ml\"]").unwrap();
    let config = Config::load(Some(file.path())).unwrap();
    assert_eq!(config.access_lifetime, Duration::from_secs(300));
    assert_eq!(config.cors_origins, CorsOrigins::Listed(vec!["https://a.ml".into(), "https://b.ml".into()]));
    writeln!(file, "colour = 1").unwrap();
    assert!(Config::load(Some(file.path())).unwrap_err().to_string().starts_with("unknown setting colour (file)"));
}

#[test]
fn an_address_of_a_database_that_cannot_be_read_is_refused_without_being_repeated() {
    for url in [
        "postgres://bfw:hun/ter2@localhost/bfw",
        "postgres://bfw:hun#ter2@localhost/bfw",
        "postgres://bfw:hun?ter2@localhost/bfw",
        "postgres://bfw:12/ter2@localhost/bfw",
        "postgres://bfw:hun[ter2@local host/bfw",
    ] {
        let said = Config::from_pairs([("database_url", url)]).unwrap_err().to_string();
        assert!(said.contains("BFW_DATABASE_URL") && said.contains("percent-encode the password"), "{said}");
        assert!(!said.contains("hun") && !said.contains("ter2"), "{said}");
    }
    for url in ["postgres://bfw:hun%2Fter2@localhost/bfw", "postgresql:///bfw?host=/run/postgresql"] {
        Config::from_pairs([("database_url", url)]).unwrap();
    }
}

#[test]
fn a_slip_in_the_file_is_told_by_its_place_and_not_by_its_text() {
    for line in [
        "database_url = \"postgres://bfw:hunter2@localhost/bfw",
        "database_url = postgres://bfw:hunter2@localhost/bfw",
        "database_url = [\"postgres://bfw:hunter2@localhost/bfw\"",
    ] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "log = \"info\"\n{line}").unwrap();
        let said = Config::load(Some(file.path())).unwrap_err().to_string();
        assert!(said.contains("line 2, column ") || said.contains("line 3, column "), "{said}");
        assert!(!said.contains("hunter2") && !said.contains("postgres:"), "{said}");
    }
}

#[test]
fn a_data_folder_of_any_name_has_a_database_in_it() {
    let config = Config::from_pairs([("data_dir", "/srv/the data: of 100 %?")]).unwrap();
    assert_eq!(config.data_dir, Path::new("/srv/the data: of 100 %?"));
    assert_eq!(config.database_url.expose_secret(), "sqlite:///srv/the%20data%3A%20of%20100%20%25%3F/bfw.sqlite");
    assert!(Config::from_pairs([("data_dir", "")]).unwrap_err().to_string().contains("BFW_DATA_DIR"));
}

#[test]
fn the_environment_is_taken_as_it_was_typed() {
    let mut values = BTreeMap::new();
    let typed =
        [("BFW_DATA_DIR", "2026.10"), ("BFW_CORS_ORIGINS", "[https://a.ml]"), ("BFW_TEST_DATA", "x"), ("HOME", "y")];
    source::variables(&mut values, typed).unwrap();
    assert_eq!(values["data_dir"], "2026.10");
    assert_eq!(values["cors_origins"], "[https://a.ml]");
    assert_eq!(values.len(), 2);
}

#[test]
fn a_file_number_that_would_not_come_back_as_it_was_written_is_refused() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "data_dir = 2026.10").unwrap();
    let said = Config::load(Some(file.path())).unwrap_err().to_string();
    assert!(said.contains("data_dir") && said.contains("write it in quotes"), "{said}");
}

#[test]
fn where_messages_leave_is_checked_and_no_secret_of_it_is_repeated_or_shown() {
    let refused = |pairs: &[(&'static str, &'static str)]| {
        let said = Config::from_pairs(pairs.iter().copied()).unwrap_err().to_string();
        assert!(!said.contains("hunter2"), "{said}");
        said
    };
    for url in ["smtp://bfw:hunter2@mail.example.ml", "http://bfw:hunter2@mail", "smtps://", "mail hunter2"] {
        assert!(refused(&[("smtp_url", url), ("mail_from", "bfw@example.ml")]).contains("BFW_SMTP_URL"), "{url}");
    }
    assert!(refused(&[("smtp_url", "smtps://bfw:hunter2@mail.example.ml")]).contains("BFW_MAIL_FROM"));
    assert!(refused(&[("mail_from", "nobody")]).contains("BFW_MAIL_FROM"));
    assert!(refused(&[("sms_url", "ftp://hunter2.example.ml")]).contains("BFW_SMS_URL"));
    let config = Config::from_pairs([
        ("smtp_url", "smtp://bfw:hunter2@mail.example.ml:587?tls=required"),
        ("mail_from", "Marché <bfw@example.ml>"),
        ("sms_url", "https://sms.example.ml/send/hunter2?key=hunter2"),
        ("sms_token", "hunter2"),
    ])
    .unwrap();
    let shown: Vec<String> = SETTINGS.iter().map(|setting| config.in_force(setting)).collect();
    assert!(!format!("{config:?} {shown:?}").contains("hunter2"), "{shown:?}");
    assert_eq!(shown.iter().filter(|shown| *shown == "***").count(), 3, "{shown:?}");
}

#[test]
fn a_store_of_documents_is_whole_or_refused() {
    let whole = [
        ("blobs", "s3"),
        ("s3_endpoint", "https://s3.example.ml/"),
        ("s3_bucket", "bfw-documents"),
        ("s3_access_key", "hunter2"),
        ("s3_secret_key", "hunter2"),
    ];
    let config = Config::from_pairs(whole).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    let BlobSettings::S3 { endpoint, region, .. } = &config.blobs else { panic!("{config:?}") };
    assert_eq!((endpoint.as_str(), region.as_str()), ("https://s3.example.ml", "us-east-1"));
    let refused = |changed: (&'static str, &'static str)| {
        let mut pairs: Vec<_> = whole.into_iter().filter(|(name, _)| *name != changed.0).collect();
        pairs.push(changed);
        let said = Config::from_pairs(pairs).unwrap_err().to_string();
        assert!(said.contains(&environment_name(changed.0)) && !said.contains("hunter2"), "{said}");
    };
    for name in ["s3_endpoint", "s3_bucket", "s3_access_key", "s3_secret_key", "s3_region", "blobs"] {
        refused((name, ""));
    }
    for endpoint in ["s3.example.ml", "https://u:hunter2@s3.example.ml", "https://s3.example.ml/bucket", "ftp://x"] {
        // A password in it is not repeated by any message about it.
        if !endpoint.contains("hunter2") {
            refused(("s3_endpoint", endpoint));
        }
        assert!(
            Config::from_pairs(whole.map(|(name, value)| (name, if name == "s3_endpoint" { endpoint } else { value })))
                .is_err()
        );
    }
    for bucket in ["ab", "Documents", "-documents", "doc/uments", "do..ts"] {
        refused(("s3_bucket", bucket));
    }
    refused(("documents_quota_mb", "0"));
    let local = Config::from_pairs([("data_dir", "/srv/bfw")]).unwrap();
    let BlobSettings::Local { folder, .. } = &local.blobs else { panic!("{local:?}") };
    assert!(folder.ends_with("bfw/blobs"));
}

#[test]
fn every_secret_says_that_it_is_one() {
    for setting in SETTINGS {
        assert_eq!(setting.secret, setting.meaning.ends_with("; secret"), "{}", setting.name);
    }
}

#[test]
fn the_settings_in_force_are_shown_without_the_password() {
    let config = Config::from_pairs([
        ("database_url", "postgres://bfw:hunter2@localhost/bfw?password=hunter2"),
        ("access_minutes", "7"),
    ])
    .unwrap();
    let shown: Vec<String> =
        SETTINGS.iter().map(|setting| format!("{} = {}", setting.name, config.in_force(setting))).collect();
    assert!(shown.contains(&"access_minutes = 7".to_owned()), "{shown:?}");
    assert!(shown.contains(&"refresh_days = 30".to_owned()), "{shown:?}");
    assert!(shown.contains(&"database_url = postgres://bfw:***@localhost/bfw".to_owned()), "{shown:?}");
}

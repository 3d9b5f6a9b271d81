//! Who may depend on whom.

use serde_json::{Value, json};
use system_tests::repository;

fn room(package: &Value) -> &'static str {
    let manifest = package["manifest_path"].as_str().unwrap_or_default();
    match () {
        () if manifest.contains("/functions/") => "functions",
        () if manifest.contains("/shared/") => "shared",
        () => "tests",
    }
}

fn forbidden(packages: &[Value]) -> Vec<String> {
    let functions: Vec<&Value> = packages
        .iter()
        .filter(|p| room(p) == "functions")
        .map(|p| &p["name"])
        .collect();
    let mut found = Vec::new();
    for package in packages.iter().filter(|p| room(p) != "tests") {
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            if functions.contains(&&dependency["name"]) {
                found.push(format!("{} depends on {}", package["name"], dependency["name"]));
            }
        }
    }
    found
}

fn users(packages: &[Value], shared: &Value) -> usize {
    let uses = |p: &&Value| {
        let normal = p["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|d| d["kind"].is_null());
        room(p) != "tests" && normal.into_iter().any(|d| d["name"] == *shared)
    };
    packages.iter().filter(uses).count()
}

#[test]
fn no_function_is_depended_on_by_a_function_or_a_shared_crate() {
    assert_eq!(forbidden(&repository::packages().unwrap()), Vec::<String>::new());

    let wrong = [
        json!({"name": "a", "manifest_path": "/x/functions/a/Cargo.toml", "dependencies": []}),
        json!({"name": "b", "manifest_path": "/x/shared/b/Cargo.toml", "dependencies": [{"name": "a"}]}),
    ];
    assert_eq!(forbidden(&wrong), [r#""b" depends on "a""#]);
}

#[test]
fn a_shared_crate_has_two_users_and_says_what_it_knows() {
    let packages = repository::packages().unwrap();
    for shared in packages.iter().filter(|p| room(p) == "shared") {
        let name = shared["name"].as_str().unwrap();
        assert!(
            users(&packages, &shared["name"]) >= 2,
            "{name} has lost its second user: fold it back"
        );
        let source = repository::read(format!("shared/{name}/src/lib.rs")).unwrap();
        let opening: String = source.lines().take_while(|l| l.starts_with("//!")).collect();
        assert!(
            opening.contains("Knows") && opening.contains("not know"),
            "{name} does not open with what it knows"
        );
    }
}

#[test]
fn there_is_one_tls_stack() {
    let lock = repository::read("Cargo.lock").unwrap();
    for second in ["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl-sys", "hyper-tls"] {
        assert!(
            !lock.contains(&format!("name = \"{second}\"")),
            "{second} is a second TLS stack beside rustls over ring"
        );
    }
    assert_eq!(lock.matches("name = \"rustls\"").count(), 1, "two versions of rustls");
}

/// The one crate that may have unsafe code, and the file of it that does, with its reasons.
const UNSAFE: (&str, &str) = ("log-decoder", "src/message/scanner/avx2.rs");

#[test]
fn unsafe_code_is_where_it_has_reasons_and_nowhere_else() {
    let workspace = repository::read("Cargo.toml").unwrap();
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for package in repository::packages().unwrap() {
        let manifest = std::fs::read_to_string(package["manifest_path"].as_str().unwrap()).unwrap();
        let inherits = manifest.contains("[lints]\nworkspace = true");
        assert_eq!(inherits, package["name"] != UNSAFE.0, "{}", package["name"]);
    }
    let folder = format!("functions/{}", UNSAFE.0);
    let allows = "allow(unsafe_code";
    let file = repository::read(format!("{folder}/{}", UNSAFE.1)).unwrap();
    assert!(file.contains(allows));
    let everywhere = repository::sources(&folder).unwrap().matches("(unsafe_code").count();
    assert_eq!(everywhere, 1, "unsafe code is allowed in {} alone", UNSAFE.1);
}

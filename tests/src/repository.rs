//! Where things are in the repository.

use std::path::{Path, PathBuf};
use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::machine::Machine;
use crate::template::Template;

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of the repository, by its path from the root.
pub fn read(path: impl AsRef<Path>) -> Result<String> {
    let path = root().join(path);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// The files in a folder whose names end so, sorted, as paths from the root.
pub fn files(folder: &str, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).with_context(|| format!("cannot list {folder}"))? {
        let path = Path::new(folder).join(entry?.file_name());
        if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// All Rust sources below a folder, as one text.
pub fn sources(folder: impl AsRef<Path>) -> Result<String> {
    let folder = root().join(folder);
    let mut text = String::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            text += &sources(&path)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            text += &fs::read_to_string(path)?;
        }
    }
    Ok(text)
}

/// Every system's stack.
pub fn stacks() -> Result<Vec<Template>> {
    files("stacks", ".yaml")?
        .iter()
        .map(|path| Template::parse(&path.to_string_lossy(), &read(path)?))
        .collect()
}

/// The table of contents.
pub fn root_template() -> Result<Template> {
    Template::parse("template.yaml", &read("template.yaml")?)
}

/// Every state machine.
pub fn machines() -> Result<Vec<Machine>> {
    files("statemachines", ".asl.yaml")?
        .iter()
        .map(|path| Machine::parse(&path.to_string_lossy(), &read(path)?))
        .collect()
}

/// What cargo knows of the workspace's own packages.
pub fn packages() -> Result<Vec<Value>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut metadata: Value = serde_json::from_slice(&output.stdout)?;
    Ok(metadata["packages"]
        .as_array_mut()
        .context("cargo metadata without packages")?
        .drain(..)
        .collect())
}

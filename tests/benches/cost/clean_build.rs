//! What a build from nothing costs who depends on the library, and how many crates come with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::resource::UsageWho;

use crate::callers::{FACADE, OCTOCRAB};
use crate::machine::{Machine, describe};
use crate::report::{Bar, Section, figure, ratio};
use crate::task::processor_time;

/// Processor time of our build is at most so much of octocrab's.
const BAR_OF_OCTOCRAB: f64 = 0.65;

const BY_HAND: &str = "reqwest, serde, jiff, tokio";

struct Build {
    name: &'static str,
    crates: usize,
    processor: Duration,
    clock: Duration,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let ours = machine.root.join("crates").join("deploystatus");
    let ours = format!("deploystatus = {{ path = '{}' }}", ours.display());
    let projects = [
        (FACADE, ours.as_str()),
        (OCTOCRAB, octocrab()),
        (BY_HAND, DEPENDENCIES_BY_HAND),
    ];
    let builds: Vec<_> = projects
        .iter()
        .filter_map(|(name, dependencies)| build(machine, name, dependencies))
        .collect();
    let processor = |name: &str| {
        let build = builds.iter().find(|build| build.name == name);
        build.map(|build| build.processor.as_secs_f64())
    };
    let beside = |build: &Build, name: &str| {
        let theirs = processor(name)?;
        Some(build.processor.as_secs_f64() / theirs)
    };

    let mut section = Section::new("tests/benches/README.md", "build");
    let described = describe(&[]);
    section.line(&format!("`cargo bench -p tests -- build`, on {described}."));
    for (name, _) in projects
        .iter()
        .filter(|(name, _)| processor(name).is_none())
    {
        section.lacks(&format!(
            "The sources of {name} cannot be had here, so its row is missing."
        ));
    }
    let ours = builds.iter().find(|build| build.name == FACADE);
    section.bars(&[Bar {
        what: format!("processor time of the build, of {OCTOCRAB}"),
        measured: ours.and_then(|ours| beside(ours, OCTOCRAB)),
        at_most: BAR_OF_OCTOCRAB,
    }]);
    let rows: Vec<_> = builds
        .iter()
        .map(|build| {
            vec![
                build.name.to_owned(),
                beside(build, OCTOCRAB).map_or("—".to_owned(), ratio),
                figure(build.processor.as_secs_f64()),
                figure(build.clock.as_secs_f64()),
                build.crates.to_string(),
            ]
        })
        .collect();
    let header = [
        "",
        "of octocrab's processor time",
        "processor, s",
        "clock, s",
        "crates",
    ];
    section.table(1, &header, &rows);
    vec![section]
}

/// The version that makes the calls too.
fn octocrab() -> &'static str {
    let manifest = include_str!("../octocrab/Cargo.toml");
    let mut lines = manifest.lines();
    lines.find(|line| line.starts_with("octocrab = ")).unwrap()
}

/// What somebody takes who makes the calls by hand, with the features that they need.
const DEPENDENCIES_BY_HAND: &str = r#"
jiff = { version = "0.2", default-features = false, features = ["std", "serde"] }
reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio = { version = "1", features = ["rt", "sync", "time"] }
"#;

/// Builds a project that has these dependencies and does nothing; nothing when they cannot be had.
fn build(machine: &Machine, name: &'static str, dependencies: &str) -> Option<Build> {
    let project = tempfile::tempdir_in(&machine.target).unwrap();
    let manifest = project.path().join("Cargo.toml");
    let source = project.path().join("src");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("main.rs"), "fn main() {}\n").unwrap();
    let package =
        "[workspace]\n[package]\nname = \"project\"\nedition = \"2024\"\n[dependencies]\n";
    fs::write(&manifest, format!("{package}{dependencies}\n")).unwrap();

    let cargo = |words: &[&str]| {
        let mut command = machine.cargo(words, &project.path().join("target"));
        command.arg("--manifest-path").arg(&manifest);
        command
    };
    let fetched = cargo(&["fetch"]).status().unwrap();
    if !fetched.success() {
        return None;
    }
    eprintln!("building {name}");
    let used = processor_time(UsageWho::RUSAGE_CHILDREN);
    let begun = Instant::now();
    let built = cargo(&["build", "--release", "--offline"])
        .status()
        .unwrap();
    assert!(built.success(), "{name} could not be built");
    let clock = begun.elapsed();
    let processor = processor_time(UsageWho::RUSAGE_CHILDREN).saturating_sub(used);
    let words = [
        "tree",
        "--offline",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--no-dedupe",
    ];
    let tree = cargo(&words).output().unwrap();
    Some(Build {
        name,
        crates: count(&String::from_utf8(tree.stdout).unwrap(), project.path()),
        processor,
        clock,
    })
}

/// All crates but the project itself.
fn count(tree: &str, project: &Path) -> usize {
    let project = project.to_string_lossy();
    let crates = tree
        .lines()
        .filter(|line| !line.is_empty() && !line.contains(&*project));
    crates.collect::<BTreeSet<_>>().len()
}

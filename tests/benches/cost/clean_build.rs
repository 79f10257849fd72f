//! What a build from nothing costs who uses the library, and how many crates come with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

use nix::sys::resource::UsageWho;

use crate::callers::{FACADE, OCTOCRAB, REQWEST};
use crate::machine::{Machine, describe};
use crate::report::{Bar, Section, figure, ratio};
use crate::task::processor_time;

/// Processor time of our build is at most so much of octocrab's.
const BAR_OF_OCTOCRAB: f64 = 0.65;

/// Everybody is built this often, in turns, and the best counts.
const ROUNDS: usize = 2;

/// One that reports a status and reads all there are, in `tests/benches/programs/`.
struct Program {
    name: &'static str,
    file: &'static str,
    dependencies: String,
}

struct Build {
    name: &'static str,
    crates: usize,
    /// In seconds, as by the clock.
    processor: f64,
    clock: f64,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let programs = programs(&machine.root);
    let round = || {
        programs
            .iter()
            .filter_map(|program| build(machine, program))
    };
    let mut builds: Vec<_> = round().collect();
    for _ in 1..ROUNDS {
        for again in round() {
            if let Some(build) = builds.iter_mut().find(|build| build.name == again.name) {
                build.processor = build.processor.min(again.processor);
                build.clock = build.clock.min(again.clock);
            }
        }
    }
    let processor = |name: &str| {
        let build = builds.iter().find(|build| build.name == name);
        build.map(|build| build.processor)
    };
    let beside = |build: &Build, name: &str| {
        let theirs = processor(name)?;
        Some(build.processor / theirs)
    };

    let mut section = Section::new("tests/benches/README.md", "build");
    let described = describe(&[]);
    section.line(&format!("`cargo bench -p tests -- build`, on {described}."));
    for program in &programs {
        if processor(program.name).is_none() {
            let name = program.name;
            section.lacks(&format!(
                "The sources of {name} cannot be had here, so its row is missing."
            ));
        }
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
                figure(build.processor),
                figure(build.clock),
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

fn programs(root: &Path) -> [Program; 3] {
    let ours = root.join("crates").join("deploystatus");
    // The version whose calls are measured.
    let manifest = include_str!("../octocrab/Cargo.toml");
    let mut lines = manifest.lines();
    let octocrab = lines.find(|line| line.starts_with("octocrab = ")).unwrap();
    [
        Program {
            name: FACADE,
            file: "deploystatus.rs",
            dependencies: format!("deploystatus = {{ path = '{}' }}", ours.display()),
        },
        Program {
            name: OCTOCRAB,
            file: "octocrab.rs",
            dependencies: octocrab.to_owned(),
        },
        Program {
            name: REQWEST,
            file: "reqwest.rs",
            dependencies: DEPENDENCIES_BY_HAND.to_owned(),
        },
    ]
}

/// With the features that the calls need.
const DEPENDENCIES_BY_HAND: &str = r#"
jiff = { version = "0.2", default-features = false, features = ["std", "serde"] }
reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

/// Builds a program in a project of its own; nothing when its dependencies cannot be had.
fn build(machine: &Machine, program: &Program) -> Option<Build> {
    let project = tempfile::tempdir_in(&machine.target).unwrap();
    let manifest = project.path().join("Cargo.toml");
    let programs = machine.root.join("tests").join("benches").join("programs");
    let text = format!(
        "[workspace]\n\
         [package]\n\
         name = \"program\"\n\
         edition = \"2024\"\n\
         [[bin]]\n\
         name = \"program\"\n\
         path = '{}'\n\
         [dependencies]\n\
         {}\n\
         tokio = {{ version = \"1\", features = [\"rt\"] }}\n",
        programs.join(program.file).display(),
        program.dependencies,
    );
    fs::write(&manifest, text).unwrap();

    let cargo = |words: &[&str]| {
        let mut command = machine.cargo(words, &project.path().join("target"));
        command.arg("--manifest-path").arg(&manifest);
        command
    };
    if !cargo(&["fetch"]).status().unwrap().success() {
        return None;
    }
    let name = program.name;
    eprintln!("building {name}");
    let used = processor_time(UsageWho::RUSAGE_CHILDREN);
    let begun = Instant::now();
    let mut command = cargo(&["build", "--release", "--offline"]);
    assert!(command.status().unwrap().success(), "{name} was not built");
    let clock = begun.elapsed();
    let processor = processor_time(UsageWho::RUSAGE_CHILDREN).saturating_sub(used);
    let words = "tree --offline --edges normal --prefix none --no-dedupe";
    let words: Vec<_> = words.split(' ').collect();
    let tree = cargo(&words).output().unwrap();
    Some(Build {
        name,
        crates: count(&String::from_utf8(tree.stdout).unwrap()),
        processor: processor.as_secs_f64(),
        clock: clock.as_secs_f64(),
    })
}

/// All crates but the program itself.
fn count(tree: &str) -> usize {
    let crates = tree
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("program "));
    crates.collect::<BTreeSet<_>>().len()
}

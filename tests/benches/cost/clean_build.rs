//! Cost of a clean build of a program that uses the library, and the number of its dependencies.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::callers::{FACADE, OCTOCRAB, REQWEST};
use crate::machine::{Machine, describe};
use crate::report::{Limit, Section, figure, ratio};
use crate::task::{Processes, processor_time};

/// Upper limit of the library's processor time, relative to octocrab.
const LIMIT_TO_OCTOCRAB: f64 = 0.65;

/// Number of builds of each program, in turns. The best counts.
const ROUNDS: usize = 2;

/// A program in `tests/benches/programs/` that creates a status and reads all statuses.
struct Program {
    name: &'static str,
    file: &'static str,
    dependencies: String,
}

struct Build {
    name: &'static str,
    crates: usize,
    /// Processor time in seconds.
    processor: f64,
    /// Elapsed time in seconds.
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
    let relative = |build: &Build, name: &str| {
        let theirs = processor(name)?;
        Some(build.processor / theirs)
    };

    let mut section = Section::new("tests/benches/README.md", "build");
    let described = describe(&[]);
    section.line(&format!("`cargo bench -p tests -- build`, on {described}."));
    for program in &programs {
        if processor(program.name).is_none() {
            let name = program.name;
            section.missing(&format!(
                "The sources of {name} could not be fetched, so its row is missing."
            ));
        }
    }
    let ours = builds.iter().find(|build| build.name == FACADE);
    section.limits(&[Limit {
        name: format!("processor time of the build, of {OCTOCRAB}"),
        measured: ours.and_then(|ours| relative(ours, OCTOCRAB)),
        at_most: LIMIT_TO_OCTOCRAB,
    }]);
    let rows: Vec<_> = builds
        .iter()
        .map(|build| {
            vec![
                build.name.to_owned(),
                relative(build, OCTOCRAB).map_or("—".to_owned(), ratio),
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
    // The same version as in the measurement of calls.
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

/// Dependencies of a program without a client library, with the features that the calls need.
const DEPENDENCIES_BY_HAND: &str = r#"
jiff = { version = "0.2", default-features = false, features = ["std", "serde"] }
reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"#;

/// Builds a program in a project of its own, or returns `None` if its dependencies cannot be fetched.
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

    let cargo = |arguments: &[&str]| {
        let mut command = machine.cargo(arguments, &project.path().join("target"));
        command.arg("--manifest-path").arg(&manifest);
        command
    };
    if !cargo(&["fetch"]).status().unwrap().success() {
        return None;
    }
    let name = program.name;
    eprintln!("building {name}");
    let used = processor_time(Processes::Children);
    let start = Instant::now();
    let mut command = cargo(&["build", "--release", "--offline"]);
    assert!(
        command.status().unwrap().success(),
        "{name} could not be built"
    );
    let clock = start.elapsed();
    let processor = processor_time(Processes::Children).saturating_sub(used);
    let arguments = "tree --offline --edges normal --prefix none --no-dedupe";
    let arguments: Vec<_> = arguments.split(' ').collect();
    let tree = cargo(&arguments).output().unwrap();
    Some(Build {
        name,
        crates: count(&String::from_utf8(tree.stdout).unwrap()),
        processor: processor.as_secs_f64(),
        clock: clock.as_secs_f64(),
    })
}

/// Returns the number of crates, without the program itself.
fn count(tree: &str) -> usize {
    let crates = tree
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("program "));
    crates.collect::<BTreeSet<_>>().len()
}

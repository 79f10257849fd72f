//! Cost of a clean build of a program that uses the library, and the number of its dependencies.

use std::path::Path;

use crate::callers::{FACADE, OCTOCRAB, REQWEST};
use crate::machine::{Machine, describe};
use crate::project::Project;
use crate::report::{Headline, Limit, Section, figure, ratio};

/// Upper limit of the library's processor time, relative to octocrab.
const LIMIT_TO_OCTOCRAB: f64 = 0.65;

/// A program in `tests/benches/programs/` that creates a status and reads all statuses.
struct Program {
    name: &'static str,
    file: &'static str,
    dependencies: String,
}

struct BuiltProgram {
    name: &'static str,
    crates: usize,
    /// Processor time in seconds.
    processor: f64,
    /// Elapsed time in seconds.
    clock: f64,
}

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let programs = programs(&machine.root);
    let builds = programs
        .iter()
        .filter_map(|program| build(machine, program));
    let builds: Vec<_> = builds.collect();
    let processor = |name: &str| {
        let build = builds.iter().find(|build| build.name == name);
        build.map(|build| build.processor)
    };
    let relative = |build: &BuiltProgram, name: &str| {
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
    if let (Some(ours), Some(theirs)) = (processor(FACADE), processor(OCTOCRAB)) {
        section.headline(Headline {
            subject: "processor time of a clean build",
            than: OCTOCRAB,
            ours,
            theirs,
            unit: "s",
        });
    }
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

/// Builds a program, or returns `None` if its dependencies cannot be downloaded.
fn build(machine: &Machine, program: &Program) -> Option<BuiltProgram> {
    let project = Project::create(machine, program.file, &program.dependencies)?;
    eprintln!("building {}", program.name);
    let build = project.build(&[]);
    Some(BuiltProgram {
        name: program.name,
        crates: project.crates(),
        processor: build.processor.as_secs_f64(),
        clock: build.clock.as_secs_f64(),
    })
}

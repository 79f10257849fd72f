//! The cryptography of TLS: costs of the first `https` call of a process, and of its build.

use std::path::Path;

use crate::certificates::{Certificates, Trust};
use crate::machine::{Machine, describe};
use crate::process::{Program, Target, Times, curl, time_all};
use crate::project::{Build, Project};
use crate::report::{Section, figure, ratio};
use crate::server::Server;

/// Number of runs of each program with each set of certificates, in turns.
const RUNS: usize = 40;

/// A way to build the program `latest.rs`.
struct Variant {
    name: &'static str,
    /// Feature of the program that selects the provider.
    feature: &'static str,
    variables: &'static [(&'static str, &'static str)],
}

const VARIANTS: [Variant; 3] = [
    Variant {
        name: "aws-lc",
        feature: "aws-lc",
        variables: &[],
    },
    Variant {
        name: "aws-lc without jitter entropy",
        feature: "aws-lc",
        variables: &[("AWS_LC_SYS_NO_JITTER_ENTROPY", "1")],
    },
    Variant {
        name: "ring",
        feature: "ring",
        variables: &[],
    },
];

pub(crate) fn measure(machine: &Machine) -> Vec<Section> {
    let mut section = Section::new("tests/benches/README.md", "providers");
    let described = describe(&["curl"]);
    section.line(&format!(
        "`cargo bench -p tests -- providers`, on {described}."
    ));
    let projects: Option<Vec<_>> = VARIANTS.iter().map(|it| project(machine, it)).collect();
    let Some(projects) = projects else {
        section.missing("The sources of the programs could not be fetched.");
        return vec![section];
    };
    let build = |(project, variant): (&Project, &Variant)| {
        eprintln!("building with {}", variant.name);
        project.build(variant.variables)
    };
    let builds: Vec<_> = projects.iter().zip(&VARIANTS).map(build).collect();

    let home = tempfile::tempdir().unwrap();
    let paths: Vec<_> = projects.iter().map(Project::program).collect();
    let mut programs: Vec<_> = paths
        .iter()
        .zip(&VARIANTS)
        .map(|(path, variant)| program(path, variant, home.path()))
        .collect();
    let Some(curl) = curl(home.path()) else {
        section.missing("curl is not installed.");
        return vec![section];
    };
    programs.push(curl);

    let certificates = Certificates::new();
    let server = Server::start_tls(100, &certificates.server);
    let [system, one] = [Trust::System, Trust::One].map(|trust| {
        let target = Target {
            name: "https",
            server: &server,
            trust: Some((&certificates, trust)),
        };
        time_all(&programs, &target, RUNS)
    });
    let rows = programs.iter().enumerate().map(|(at, program)| {
        let relative = builds.get(at).zip(builds.first());
        row(
            program.name,
            [&system, &one].map(|times| (times[at], times[VARIANTS.len()])),
            relative,
        )
    });
    let rows: Vec<_> = rows.collect();
    section.table(1, &HEADER, &rows);
    vec![section]
}

fn project<'a>(machine: &'a Machine, variant: &Variant) -> Option<Project<'a>> {
    let library = machine.root.join("crates").join("deploystatus");
    let manifest = format!(
        "deploystatus = {{ path = '{}', default-features = false }}\n\
         rustls = {{ version = \"0.23\", default-features = false, optional = true }}\n\
         [features]\n\
         default = [\"{}\"]\n\
         aws-lc = [\"deploystatus/rustls\"]\n\
         ring = [\"deploystatus/rustls-no-provider\", \"dep:rustls\", \"rustls/ring\"]",
        library.display(),
        variant.feature,
    );
    Project::create(machine, "latest.rs", &manifest)
}

fn program<'a>(path: &'a Path, variant: &Variant, home: &'a Path) -> Program<'a> {
    Program {
        name: variant.name,
        command: Box::new(move |target| {
            let mut command = target.command(path, home);
            command.arg(&target.server.url);
            command
        }),
    }
}

const HEADER: [&str; 9] = [
    "",
    "system: of curl's processor time",
    "system: of curl's time",
    "one: of curl's processor time",
    "one: of curl's time",
    "build: of aws-lc's processor time",
    "system: processor, ms",
    "one: processor, ms",
    "build: processor, s",
];

/// Returns a row for a program with its times and those of curl, with the certificates of the system and with one.
fn row(
    name: &str,
    [system, one]: [(Times, Times); 2],
    build: Option<(&Build, &Build)>,
) -> Vec<String> {
    let relative = |(ours, curl): (Times, Times)| {
        [
            ratio(ours.processor / curl.processor),
            ratio(ours.clock / curl.clock),
        ]
    };
    let seconds = |build: &Build| build.processor.as_secs_f64();
    let to_first = build.map(|(build, first)| ratio(seconds(build) / seconds(first)));
    let build = build.map(|(build, _)| figure(seconds(build)));
    let missing = || "—".to_owned();
    let mut row = vec![name.to_owned()];
    row.extend(relative(system));
    row.extend(relative(one));
    row.push(to_first.unwrap_or_else(missing));
    row.extend([ratio(system.0.processor), ratio(one.0.processor)]);
    row.push(build.unwrap_or_else(missing));
    row
}

//! The recipes in the README, as the systems that they are written for run them.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::scene::{ID, Scene};

const README: &str = include_str!("../../../README.md");

/// A program of GitHub's images that cannot reach an emulator without TLS: `gh api PATH --input - --jq .id`.
const GH: &str = r#"[ "$*" = "api $2 --input - --jq .id" ] || exit 2
curl -sSf -H "Authorization: Bearer $GITHUB_TOKEN" --data-binary @- "$GITHUB_API_URL/$2" > created || exit 1
grep -o '"id": *[0-9]*' created | head -n 1 | grep -o '[0-9]*'"#;

/// A job of a workflow.
#[derive(Debug, Default)]
struct Job {
    name: String,
    is_always_run: bool,
    steps: Vec<Step>,
}

#[derive(Debug, Default)]
struct Step {
    script: String,
    is_always_run: bool,
}

/// Returns the blocks of a language, in order.
fn blocks(language: &str) -> Vec<String> {
    let start = format!("```{language}\n");
    let blocks = README.split(&start).skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap());
    blocks.map(str::to_owned).collect()
}

/// Parses the jobs of a workflow in the form that the README uses.
fn jobs(workflow: &str) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    let (_, text) = workflow.split_once("jobs:\n").unwrap();
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let content = line.trim_start().trim_start_matches("- ");
        if indent == 2 {
            let name = content.trim_end_matches(':').to_owned();
            jobs.push(Job {
                name,
                ..Job::default()
            });
            continue;
        }
        let job = jobs.last_mut().unwrap();
        if line.trim_start().starts_with("- ") {
            job.steps.push(Step::default());
        }
        match (job.steps.last_mut(), content.split_once(": ")) {
            (None, Some(("if", "always()"))) => job.is_always_run = true,
            (Some(step), Some(("if", "always()"))) => step.is_always_run = true,
            (Some(step), Some(("run", "|"))) => step.script.clear(),
            (Some(step), Some(("run", script))) => script.clone_into(&mut step.script),
            (Some(step), _) if indent >= 10 => step.script.extend([&line[10..], "\n"]),
            _ => {}
        }
    }
    jobs
}

/// Writes a program into a directory of the search path.
fn program(scene: &Scene, path: &str, script: &str) {
    let file = scene.file(path, &format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(&file, PermissionsExt::from_mode(0o755)).unwrap();
}

/// Creates a scene with the programs that the recipes use.
fn scene(deploy: &str) -> Scene {
    let scene = Scene::real_time().set("GITHUB_SHA", "0123abc");
    fs::create_dir(scene.home.path().join("bin")).unwrap();
    for (name, script) in [
        ("build.sh", "exit 0"),
        ("deploy.sh", deploy),
        (
            "bin/cargo",
            r#"[ "$*" = "install deploystatus-cli --locked" ]"#,
        ),
        ("bin/gh", GH),
    ] {
        program(&scene, name, script);
    }
    scene.file("event.json", r#"{"deployment": {"id": 42}}"#);
    scene.file("token", "secret-token");
    let variables = scene.home.path().join("env").display().to_string();
    scene.set("GITHUB_ENV", variables)
}

/// Returns `true` if this machine has the programs that some recipes use, as the runners of CI systems have.
#[expect(clippy::print_stderr, reason = "a skipped test is reported")]
fn has_programs(names: &[&str]) -> bool {
    let is_missing = |name: &&&str| Command::new(name).arg("--version").output().is_err();
    let missing = names.iter().find(is_missing);
    if let Some(name) = missing {
        eprintln!("skipped: {name} is not installed");
    }
    missing.is_none()
}

/// Runs the jobs of a workflow as GitHub does: after a failure only the steps and jobs that always run.
fn run_workflow(scene: &Scene, workflow: &str) {
    let mut results: HashMap<String, &str> = HashMap::new();
    for job in jobs(workflow) {
        let mut status = "success";
        let is_needed = results.values().all(|result| *result == "success");
        if !is_needed && !job.is_always_run {
            continue;
        }
        for step in job.steps {
            if step.script.is_empty() || status == "failure" && !step.is_always_run {
                continue;
            }
            let mut script = step.script.replace("${{ job.status }}", status);
            for (name, result) in &results {
                script = script.replace(&format!("${{{{ needs.{name}.result }}}}"), result);
            }
            script = script.replace("${{ matrix.region }}", "eu");
            assert!(!script.contains("${{"), "{script}");
            if !run_step(scene, &script, workflow.starts_with("on: deployment")) {
                status = "failure";
            }
        }
        results.insert(job.name, status);
    }
}

/// Runs a step with bash and the variables that earlier steps have set; returns `true` if it succeeds.
fn run_step(scene: &Scene, script: &str, has_event: bool) -> bool {
    let file = scene.file("step.sh", script);
    let mut shell = scene.shell(&format!("bash -e {}", file.display()));
    if has_event {
        shell.env("GITHUB_EVENT_PATH", scene.home.path().join("event.json"));
    }
    let variables = fs::read_to_string(scene.home.path().join("env")).unwrap_or_default();
    shell.envs(variables.lines().filter_map(|line| line.split_once('=')));
    shell.stdin(Stdio::null()).status().unwrap().success()
}

/// Returns the states of the deployment that a recipe has created, or of the scene's own.
fn states(scene: &Scene) -> Vec<String> {
    let deployments = scene.github.deployments();
    let id = deployments.iter().map(|it| it.id).find(|id| *id != ID);
    let history = scene.github.history(id.unwrap_or(ID)).into_iter();
    history.map(|status| status.state).collect()
}

#[test]
fn workflows_report_start_and_end() {
    if !has_programs(&["curl"]) {
        return;
    }
    let workflows = blocks("yaml");
    assert_eq!(workflows.len(), 6);
    for workflow in &workflows[..3] {
        for (deploy, end) in [("exit 0", "success"), ("exit 3", "failure")] {
            let scene = scene(deploy);
            run_workflow(&scene, workflow);
            assert_eq!(states(&scene), ["in_progress", end], "{workflow}");
        }
    }
}

#[test]
fn last_job_reports_the_result_of_a_matrix() {
    for (deploy, end) in [("[ $1 = eu ]", "success"), ("exit 3", "failure")] {
        let scene = scene(deploy);
        run_workflow(&scene, &blocks("yaml")[3]);
        assert_eq!(states(&scene), [end]);
    }
}

#[test]
fn workflows_have_the_permissions_that_they_need() {
    for workflow in &blocks("yaml")[..4] {
        let permissions = "permissions:\n  contents: read\n  deployments: write\n";
        assert!(workflow.contains(permissions), "{workflow}");
        for job in jobs(workflow) {
            let uses = |name: &str| job.steps.iter().any(|step| step.script.starts_with(name));
            assert_eq!(uses("deploystatus"), uses("cargo install"), "{workflow}");
        }
    }
}

#[test]
fn clean_up_ends_an_unfinished_deployment() {
    let command = "deploystatus create error --unless-finished";
    assert!(README.contains(&format!("`{command}`")));
    let scene = scene("exit 0").statuses(&["in_progress"]);
    assert!(run_step(&scene, command, true));
    assert_eq!(states(&scene), ["in_progress", "error"]);
}

/// Returns the shell commands of each recipe for another system.
fn other_systems() -> Vec<String> {
    let yaml = blocks("yaml");
    let gitlab = yaml[4].split_once("script:\n    - ").unwrap().1;
    let buildkite = yaml[5].split_once("command: ").unwrap().1;
    let jenkins = &blocks("groovy")[0];
    let jenkins = jenkins.split_once("sh '").unwrap().1;
    let commands = [gitlab, buildkite, jenkins];
    let first_line = |text: &str| {
        text.lines()
            .next()
            .unwrap()
            .trim_end_matches('\'')
            .to_owned()
    };
    commands.map(first_line).into()
}

#[test]
fn other_systems_report_start_and_end() {
    if !has_programs(&["curl", "jq"]) {
        return;
    }
    let script = &blocks("bash")[0];
    for command in other_systems() {
        for (deploy, end, code) in [("exit 0", "success", 0), ("exit 3", "failure", 3)] {
            let scene = scene(deploy);
            program(&scene, "deploy-reported.sh", script);
            let status = scene.shell(&command).stdin(Stdio::null()).status();
            assert_eq!(status.unwrap().code(), Some(code), "{command}");
            assert_eq!(states(&scene), ["in_progress", end], "{command}");
        }
    }
}

#[test]
fn cron_lines_report_and_flush() {
    if !has_programs(&["curl", "jq"]) {
        return;
    }
    let crontab = &blocks("crontab")[0];
    let (variables, lines): (Vec<_>, Vec<_>) = crontab
        .lines()
        .partition(|line| line.contains('=') && !line.contains("* * *"));
    assert_eq!(variables[0], "GITHUB_REPOSITORY=octocat/example");
    assert_eq!(lines.len(), 2);
    let scene = scene("exit 3");
    program(&scene, "deploy-reported.sh", &blocks("bash")[0]);
    let home = scene.home.path().display().to_string();
    for line in lines {
        let command: Vec<_> = line.splitn(6, ' ').collect();
        let command = command[5].replace("/srv/app", &home);
        let command = command.replace("/etc/deploy-token", &format!("{home}/token"));
        let mut shell = scene.shell(&command);
        shell.env_remove("GITHUB_TOKEN");
        let code = shell.stdin(Stdio::null()).status().unwrap().code();
        assert_eq!(
            code,
            Some(if command.contains("flush") { 0 } else { 3 }),
            "{command}"
        );
    }
    assert_eq!(states(&scene), ["in_progress", "failure"]);
}

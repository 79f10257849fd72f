//! The workflows in the README, run as GitHub runs them.

use std::collections::HashMap;
use std::fs;

use deploystatus_emulator::{Clock, Emulator, NewDeployment, NewStatus};
use jiff::{SignedDuration, Timestamp};

use super::readme::{README, blocks, has_programs, scene, shell, states, with_programs};
use crate::scene::{ID, Scene};

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
            if !run_step(scene, workflow, &script) {
                status = "failure";
            }
        }
        results.insert(job.name, status);
    }
}

/// Runs a step with bash, the variables of GitHub's runner, those of the workflow, and those that earlier steps have set.
/// Returns `true` if it succeeds.
fn run_step(scene: &Scene, workflow: &str, script: &str) -> bool {
    let file = scene.file("step.sh", script);
    let mut shell = shell(scene, &format!("bash -e {}", file.display()));
    shell.envs([
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "octocat/example"),
        ("GITHUB_SHA", "0123abc"),
    ]);
    if workflow.contains("env:\n  GITHUB_TOKEN: ${{ github.token }}\n") {
        shell.env("GITHUB_TOKEN", "secret-token");
    }
    if workflow.starts_with("on: deployment") {
        shell.env("GITHUB_EVENT_PATH", scene.home.path().join("event.json"));
    }
    let variables = fs::read_to_string(scene.home.path().join("env")).unwrap_or_default();
    shell.envs(variables.lines().filter_map(|line| line.split_once('=')));
    shell.status().unwrap().success()
}

#[test]
fn workflows_report_start_and_end() {
    if !has_programs(&["curl", "jq"]) {
        return;
    }
    let workflows = blocks("yaml");
    assert_eq!(workflows.len(), 7);
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
    for workflow in &blocks("yaml")[..5] {
        let permissions = "permissions:\n  contents: read\n  deployments: write\n";
        assert!(workflow.contains(permissions), "{workflow}");
        for job in jobs(workflow) {
            let uses = |text: &str| job.steps.iter().any(|step| step.script.contains(text));
            assert_eq!(uses("deploystatus "), uses("cargo install"), "{workflow}");
        }
    }
}

#[test]
fn clean_up_ends_an_unfinished_deployment() {
    let command = "deploystatus create error --unless-finished";
    assert!(README.contains(&format!("`{command}`")));
    let scene = scene("exit 0").statuses(&["in_progress"]);
    let workflow = &blocks("yaml")[0];
    let install = "cargo install deploystatus-cli --locked";
    assert!(run_step(&scene, workflow, &format!("{install}\n{command}")));
    assert_eq!(states(&scene), ["in_progress", "error"]);
}

/// Returns the states of a deployment, oldest first.
fn states_of(scene: &Scene, id: u64) -> Vec<String> {
    let history = scene.github.history(id).into_iter();
    history.map(|status| status.state).collect()
}

#[test]
fn scheduled_workflow_ends_abandoned_deployments() {
    if !has_programs(&["curl", "jq"]) {
        return;
    }
    let clock = Clock::manual().starting_at(Timestamp::now() - SignedDuration::from_hours(25));
    let scene = Scene::with(Emulator::builder().clock(clock.clone())).statuses(&["in_progress"]);
    let scene = with_programs(scene, "exit 0");
    let deploy = |id: u64, states: &[&str]| {
        let new = NewDeployment::new("main").id(id);
        scene
            .github
            .create_deployment("octocat/example", new)
            .unwrap();
        for state in states {
            scene
                .github
                .create_status(id, NewStatus::new(*state))
                .unwrap();
        }
    };
    deploy(43, &["in_progress", "failure"]);
    deploy(44, &[]);
    clock.set(Timestamp::now());
    deploy(45, &["in_progress"]);
    run_workflow(&scene, &blocks("yaml")[4]);
    assert_eq!(states_of(&scene, ID), ["in_progress", "error"]);
    assert_eq!(states_of(&scene, 43), ["in_progress", "failure"]);
    assert_eq!(states_of(&scene, 44), ["error"]);
    assert_eq!(states_of(&scene, 45), ["in_progress"]);
}

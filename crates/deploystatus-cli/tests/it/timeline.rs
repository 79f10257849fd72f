//! The command `timeline`.

use std::time::Duration;

use deploystatus_emulator::NewStatus;
use snapbox::str;

use crate::scene::{ID, Scene};
use crate::transcript::check;

/// Creates a deployment that failed once and then succeeded.
fn scene() -> Scene {
    let scene = Scene::new();
    for (seconds, state) in [
        (0, "queued"),
        (30, "in_progress"),
        (90, "failure"),
        (600, "queued"),
        (20, "success"),
    ] {
        scene.github.advance(Duration::from_secs(seconds));
        let status = NewStatus::new(state).without_creator();
        scene.github.create_status(ID, status).unwrap();
    }
    scene
}

#[test]
fn timeline_lists_states_oldest_first() {
    check(
        scene().run("timeline"),
        str![[r#"
$ deploystatus timeline
SINCE                 STATE        LASTED   BY  DESCRIPTION
2026-01-01T00:00:00Z  queued       30s
2026-01-01T00:00:30Z  in_progress  1m 30s
2026-01-01T00:02:00Z  failure      10m 00s
2026-01-01T00:12:00Z  queued       20s
2026-01-01T00:12:20Z  success
live since 2026-01-01T00:12:20Z; took 12m 20s; retried once
--- exit 0

"#]],
    );
}

#[test]
fn timeline_prints_a_json_document() {
    check(
        scene().run("timeline --json"),
        str![[r#"
$ deploystatus timeline --json
{
  "live": true,
  "retries": 1,
  "duration_seconds": 740,
  "attempts": [
    {
      "created_at": "2026-01-01T00:00:00Z",
      "started_at": "2026-01-01T00:00:30Z",
      "ended_at": "2026-01-01T00:02:00Z",
      "result": "failure",
      "duration_seconds": 120
    },
    {
      "created_at": "2026-01-01T00:12:00Z",
      "started_at": null,
      "ended_at": "2026-01-01T00:12:20Z",
      "result": "success",
      "duration_seconds": 20
    }
  ],
  "periods": [
    {
      "state": "queued",
      "started_at": "2026-01-01T00:00:00Z",
      "ended_at": "2026-01-01T00:00:30Z",
      "creator": null,
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    },
    {
      "state": "in_progress",
      "started_at": "2026-01-01T00:00:30Z",
      "ended_at": "2026-01-01T00:02:00Z",
      "creator": null,
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    },
    {
      "state": "failure",
      "started_at": "2026-01-01T00:02:00Z",
      "ended_at": "2026-01-01T00:12:00Z",
      "creator": null,
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    },
    {
      "state": "queued",
      "started_at": "2026-01-01T00:12:00Z",
      "ended_at": "2026-01-01T00:12:20Z",
      "creator": null,
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    },
    {
      "state": "success",
      "started_at": "2026-01-01T00:12:20Z",
      "ended_at": null,
      "creator": null,
      "reports": 1,
      "description": null,
      "log_url": null,
      "environment_url": null
    }
  ]
}
--- exit 0

"#]],
    );
}

#[test]
fn timeline_prints_json_lines() {
    check(
        scene().run("timeline --jsonl"),
        str![[r#"
$ deploystatus timeline --jsonl
{"state":"queued","started_at":"2026-01-01T00:00:00Z","ended_at":"2026-01-01T00:00:30Z","creator":null,"reports":1,"description":null,"log_url":null,"environment_url":null}
{"state":"in_progress","started_at":"2026-01-01T00:00:30Z","ended_at":"2026-01-01T00:02:00Z","creator":null,"reports":1,"description":null,"log_url":null,"environment_url":null}
{"state":"failure","started_at":"2026-01-01T00:02:00Z","ended_at":"2026-01-01T00:12:00Z","creator":null,"reports":1,"description":null,"log_url":null,"environment_url":null}
{"state":"queued","started_at":"2026-01-01T00:12:00Z","ended_at":"2026-01-01T00:12:20Z","creator":null,"reports":1,"description":null,"log_url":null,"environment_url":null}
{"state":"success","started_at":"2026-01-01T00:12:20Z","ended_at":null,"creator":null,"reports":1,"description":null,"log_url":null,"environment_url":null}
--- exit 0

"#]],
    );
}

// A deployment reported and read with @octokit/rest.
import assert from "node:assert/strict";
import { Octokit } from "@octokit/rest";

const octokit = new Octokit({ auth: "token", baseUrl: process.env.EMULATOR, log: { debug() {}, info() {}, warn() {}, error() {} } });
const repo = { owner: "octocat", repo: "example" };

const { data: deployment } = await octokit.repos.createDeployment({ ...repo, ref: "main", environment: "octokit", required_contexts: [] });
const of = { ...repo, deployment_id: deployment.id };

for (let step = 1; step <= 120; step++) {
  await octokit.repos.createDeploymentStatus({ ...of, state: "in_progress", description: `step ${step} of 120`, request: { retries: 0 } });
}
const created = await octokit.repos.createDeploymentStatus({
  ...of, state: "success", log_url: "https://ci.example/runs/7", environment_url: "https://example.com",
});
assert.equal(created.status, 201);
assert.equal(created.headers.location, created.data.url);
assert.equal(created.data.target_url, "https://ci.example/runs/7");
assert.equal(created.data.creator.login, "octocat");

const all = await octokit.paginate(octokit.repos.listDeploymentStatuses, { ...of, per_page: 50 });
assert.equal(all.length, 121);
assert.equal(all[0].id, created.data.id);
assert.deepEqual(all.map(({ id }) => id), all.map(({ id }) => id).sort((a, b) => b - a));

const got = await octokit.repos.getDeploymentStatus({ ...of, status_id: created.data.id });
assert.deepEqual(got.data, created.data);
await assert.rejects(
  octokit.request("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", { ...of, headers: { "if-none-match": (await octokit.repos.listDeploymentStatuses(of)).headers.etag } }),
  { status: 304 },
);
await assert.rejects(octokit.repos.getDeploymentStatus({ ...of, status_id: 1 }), { status: 404 });
await assert.rejects(octokit.repos.createDeploymentStatus({ ...of, state: "done" }), { status: 422 });

const deployments = await octokit.repos.listDeployments({ ...repo, environment: "octokit" });
assert.equal(deployments.data[0].id, deployment.id);
assert.equal((await octokit.repos.get(repo)).data.full_name, "octocat/example");
assert.equal((await octokit.users.getAuthenticated()).data.login, "octocat");
assert.equal((await octokit.rateLimit.get()).data.resources.core.limit, 5000);

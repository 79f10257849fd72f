// Creates a deployment, reports its statuses and reads them with @octokit/rest.
import assert from "node:assert/strict";
import { Octokit } from "@octokit/rest";

const octokit = new Octokit({ auth: "token", baseUrl: process.env.GITHUB_API });
const repository = { owner: "octocat", repo: "example" };

const { data: user } = await octokit.rest.users.getAuthenticated();
assert.equal(user.login, "octocat");

const created = await octokit.rest.repos.createDeployment({
  ...repository,
  ref: "main",
  environment: "staging",
  required_contexts: [],
});
assert.equal(created.status, 201);
const deployment = { ...repository, deployment_id: created.data.id };

const states = ["queued", "in_progress", "success"];
for (const state of states) {
  const { data } = await octokit.rest.repos.createDeploymentStatus({
    ...deployment,
    state,
    log_url: "https://example.com/log",
  });
  assert.equal(data.target_url, "https://example.com/log");
  assert.ok(data.url.startsWith(process.env.GITHUB_API));
}

const all = await octokit.paginate(octokit.rest.repos.listDeploymentStatuses, {
  ...deployment,
  per_page: 1,
});
assert.deepEqual(all.map((it) => it.state), states.toReversed());

const { data: newest } = await octokit.rest.repos.getDeploymentStatus({
  ...deployment,
  status_id: all[0].id,
});
assert.deepEqual(newest, all[0]);

const refused = octokit.rest.repos.createDeploymentStatus({ ...deployment, state: "done" });
await assert.rejects(refused, (error) => error.status === 422 && /Validation Failed/.test(error.message));

const missing = octokit.rest.repos.getDeploymentStatus({ ...deployment, status_id: 1 });
await assert.rejects(missing, (error) => error.status === 404);

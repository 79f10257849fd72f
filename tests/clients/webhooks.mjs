// Receives webhooks with @octokit/webhooks and validates them against GitHub's description of webhooks.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { schemas } from "@octokit/openapi-webhooks";
import { Webhooks, createNodeMiddleware } from "@octokit/webhooks";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const isEnterprise = process.env.PROFILE !== "github";
const newest = Object.keys(schemas).filter((it) => /^ghes-\d/.test(it)).sort().at(-1);
const description = schemas[isEnterprise ? newest : "api.github.com"];
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
// GitHub sends empty URLs, although its description does not allow them.
ajv.addFormat("uri", (text) => text === "" || URL.canParse(text));
ajv.addSchema(description, "github");

function check(event, headers, body) {
  const pointer = `#/webhooks/${event.replace("_", "-")}-created/post`;
  const operation = description.webhooks[`${event.replace("_", "-")}-created`].post;
  for (const { name, required } of operation.parameters) {
    assert.ok(!required || headers[name.toLowerCase()], `${event} has no header ${name}`);
  }
  const validate = ajv.compile({ $ref: `github${pointer}/requestBody/content/application~1json/schema` });
  assert.ok(validate(body), `${event}: ${ajv.errorsText(validate.errors, { separator: "\n" })}`);
}

const secret = "a secret of the tests";
const webhooks = new Webhooks({ secret });
const received = [];
webhooks.onAny(({ name, payload }) => {
  assert.equal(payload.organization?.login, payload.repository.owner.type === "Organization" ? "acme" : undefined);
  received.push(name === "deployment" ? name : payload.deployment_status.state);
});
webhooks.onError((error) => received.push(error.message));
const middleware = createNodeMiddleware(webhooks, { path: "/" });
const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  request.body = Buffer.concat(chunks).toString();
  try {
    check(request.headers["x-github-event"], request.headers, JSON.parse(request.body));
  } catch (error) {
    received.push(error.message);
  }
  await middleware(request, response);
  server.emit("received");
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const url = `http://127.0.0.1:${server.address().port}/`;
const options = ["--profile", process.env.PROFILE, "--webhook", url, "--webhook-secret", secret];
const emulator = spawn(process.env.EMULATOR, options, { stdio: ["ignore", "pipe", "inherit"] });
try {
  const [api] = await once(createInterface(emulator.stdout), "line");
  const post = async (path, body) => {
    const headers = { authorization: "Bearer token" };
    const response = await fetch(api + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.equal(response.status, 201);
    return response.json();
  };
  const organization = { repositories: [{ name: "acme/example", organization: true }] };
  await fetch(new URL("/_emulator/seed", api), { method: "POST", body: JSON.stringify(organization) });
  const states = ["queued", "in_progress", "success"];
  const expected = [];
  for (const repository of ["octocat/example", "acme/example"]) {
    const deployments = `/repos/${repository}/deployments`;
    const { id } = await post(deployments, { ref: "main", environment: "staging" });
    const log_url = "https://example.com/log";
    for (const state of states) await post(`${deployments}/${id}/statuses`, { state, log_url });
    expected.push("deployment", ...states);
  }
  while (received.length < expected.length) await once(server, "received", { signal: AbortSignal.timeout(10_000) });
  assert.deepEqual(received, expected);
} finally {
  emulator.kill();
  server.close();
}

// Creates a status or lists all statuses, with the package that the first argument names: @octokit/rest or octokit.
const [name, task] = process.argv.slice(2);
const { Octokit } = await import(name);

const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, DEPLOYMENT } = process.env;
const octokit = new Octokit({ auth: GITHUB_TOKEN, baseUrl: GITHUB_API_URL });
const [owner, repo] = GITHUB_REPOSITORY.split("/");
const deployment = { owner, repo, deployment_id: Number(DEPLOYMENT) };
const repos = octokit.rest.repos;

async function create() {
  const status = { state: "success", description: "Deployed" };
  const { data } = await repos.createDeploymentStatus({ ...deployment, ...status });
  return [data];
}

function list() {
  return octokit.paginate(repos.listDeploymentStatuses, { ...deployment, per_page: 100 });
}

try {
  const statuses = await (task === "report" ? create() : list());
  console.log(["ok", ...statuses.map(({ id, state }) => `${id}:${state}`)].join(" "));
} catch (error) {
  console.log(`error ${error.name}: ${error.message.split(/\s+/).join(" ")}`);
}

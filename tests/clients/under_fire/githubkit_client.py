"""Creates a status or lists all statuses with githubkit."""

import os

from githubkit import GitHub
from output import run

github = GitHub(os.environ["GITHUB_TOKEN"], base_url=os.environ["GITHUB_API_URL"] + "/")
owner, repo = os.environ["GITHUB_REPOSITORY"].split("/")
deployment = {"owner": owner, "repo": repo, "deployment_id": int(os.environ["DEPLOYMENT"])}
repos = github.rest.repos

run(
    create=lambda: repos.create_deployment_status(
        **deployment, state="success", description="Deployed"
    ).parsed_data,
    read=lambda: list(
        github.rest.paginate(repos.list_deployment_statuses, **deployment, per_page=100)
    ),
)

"""Reports or lists with PyGithub."""

import os

import github
from tell import tell


def deployment():
    client = github.Github(
        auth=github.Auth.Token(os.environ["GITHUB_TOKEN"]),
        base_url=os.environ["GITHUB_API_URL"],
    )
    repository = client.get_repo(os.environ["GITHUB_REPOSITORY"])
    return repository.get_deployment(int(os.environ["DEPLOYMENT"]))


tell(
    report=lambda: deployment().create_status("success", description="Deployed"),
    read=lambda: list(deployment().get_statuses()),
)

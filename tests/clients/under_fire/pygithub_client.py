"""Creates a status or lists all statuses with PyGithub."""

import os

import github
from output import run


def deployment():
    client = github.Github(
        auth=github.Auth.Token(os.environ["GITHUB_TOKEN"]),
        base_url=os.environ["GITHUB_API_URL"],
    )
    repository = client.get_repo(os.environ["GITHUB_REPOSITORY"])
    return repository.get_deployment(int(os.environ["DEPLOYMENT"]))


run(
    create=lambda: deployment().create_status("success", description="Deployed"),
    read=lambda: list(deployment().get_statuses()),
)

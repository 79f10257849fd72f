"""Creates a status or lists all statuses with ghapi."""

import os

from ghapi.all import GhApi, sync_paged
from output import run

owner, repo = os.environ["GITHUB_REPOSITORY"].split("/")
api = GhApi(owner, repo, gh_host=os.environ["GITHUB_API_URL"], sync=True)
deployment = int(os.environ["DEPLOYMENT"])

run(
    create=lambda: api.repos.create_deployment_status(
        deployment, state="success", description="Deployed"
    ),
    read=lambda: [
        status
        for page in sync_paged(api.repos.list_deployment_statuses, deployment, per_page=100)
        for status in page
    ],
)

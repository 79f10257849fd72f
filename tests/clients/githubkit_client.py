"""Creates a deployment, reports its statuses and reads them with githubkit, which validates every response."""

import os

from githubkit import GitHub
from githubkit.exception import RequestFailed

github = GitHub("token", base_url=os.environ["GITHUB_API"] + "/")
repository = {"owner": "octocat", "repo": "example"}
assert github.rest.users.get_authenticated().json()["login"] == "octocat"

created = github.rest.repos.create_deployment(
    **repository, ref="main", environment="staging", required_contexts=[]
)
deployment = {**repository, "deployment_id": created.parsed_data.id}

states = ["queued", "in_progress", "success"]
for state in states:
    created = github.rest.repos.create_deployment_status(
        **deployment, state=state, log_url="https://example.com/log"
    )
    assert created.parsed_data.log_url == "https://example.com/log"

listed = github.rest.repos.list_deployment_statuses(**deployment).parsed_data
assert [it.state for it in listed] == states[::-1]
newest = github.rest.repos.get_deployment_status(**deployment, status_id=listed[0].id)
assert newest.parsed_data == listed[0]

try:
    github.rest.repos.get_deployment_status(**deployment, status_id=1)
    raise AssertionError("an unknown status was returned")
except RequestFailed as error:
    assert error.response.status_code == 404

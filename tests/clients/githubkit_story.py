"""A deployment reported and read with githubkit, which checks every answer against GitHub's description."""

import os

from githubkit import GitHub
from githubkit.exception import RequestFailed

hub = GitHub("token", base_url=os.environ["EMULATOR"])
repos = hub.rest.repos
repo = {"owner": "octocat", "repo": "example"}

deployment = repos.create_deployment(**repo, ref="main", environment="githubkit").parsed_data
of = {**repo, "deployment_id": deployment.id}

created = repos.create_deployment_status(**of, state="success", log_url="https://ci.example/runs/7").parsed_data
assert created.target_url == "https://ci.example/runs/7"
assert created.creator and created.creator.login == "octocat"
assert repos.get_deployment_status(**of, status_id=created.id).parsed_data == created
assert [status.id for status in repos.list_deployment_statuses(**of).parsed_data] == [created.id]

for status, refused in (
    (404, lambda: repos.get_deployment_status(**of, status_id=1)),
    (422, lambda: repos.create_deployment_status(**of, state="success", description="x" * 141)),
):
    try:
        refused()
    except RequestFailed as error:
        assert error.response.status_code == status, error
    else:
        raise AssertionError(f"nothing was answered with {status}")

assert repos.get(**repo).parsed_data.full_name == "octocat/example"
assert hub.rest.users.get_authenticated().parsed_data.login == "octocat"
assert hub.rest.meta.get().status_code == 200

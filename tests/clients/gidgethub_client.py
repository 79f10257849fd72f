"""Creates a deployment, reports its statuses and reads them with gidgethub."""

import asyncio
import http
import os

import aiohttp
import gidgethub
from gidgethub.aiohttp import GitHubAPI


async def main():
    async with aiohttp.ClientSession() as session:
        base_url = os.environ["GITHUB_API"]
        client = GitHubAPI(session, "tests", oauth_token="token", base_url=base_url)
        assert (await client.getitem("/user"))["login"] == "octocat"

        path = "/repos/octocat/example/deployments"
        new = {"ref": "main", "environment": "staging", "required_contexts": []}
        deployment = await client.post(path, data=new)
        assert deployment["environment"] == "staging"

        states = ["queued", "in_progress", "success"]
        for state in states:
            new = {"state": state, "log_url": "https://example.com/log"}
            status = await client.post(deployment["statuses_url"], data=new)
            assert status["target_url"] == "https://example.com/log"

        url = deployment["statuses_url"] + "?per_page=1"
        listed = [it async for it in client.getiter(url)]
        assert [it["state"] for it in listed] == states[::-1]
        assert await client.getitem(listed[0]["url"]) == listed[0]
        if os.environ["PROFILE"] == "github":
            assert client.rate_limit.remaining < client.rate_limit.limit

        try:
            await client.post(deployment["statuses_url"], data={"state": "done"})
            raise AssertionError("an unknown state was accepted")
        except gidgethub.ValidationError as error:
            assert error.status_code == http.HTTPStatus.UNPROCESSABLE_ENTITY
            assert "not included in the list" in str(error), error

        try:
            await client.getitem(deployment["statuses_url"] + "/1")
            raise AssertionError("an unknown status was returned")
        except gidgethub.BadRequest as error:
            assert error.status_code == http.HTTPStatus.NOT_FOUND


asyncio.run(main())

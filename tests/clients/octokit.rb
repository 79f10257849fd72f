# Creates a deployment, reports its statuses and reads them with octokit.rb.
require "octokit"

def expect(actual, expected)
  raise "expected #{expected.inspect}, found #{actual.inspect}" unless actual == expected
end

client = Octokit::Client.new(access_token: "token", api_endpoint: ENV.fetch("GITHUB_API"))
expect client.user.login, "octocat"

deployment = client.create_deployment("octocat/example", "main", environment: "staging", required_contexts: [])
expect deployment.environment, "staging"

states = %w[queued in_progress success]
states.each do |state|
  status = client.create_deployment_status(deployment.url, state, log_url: "https://example.com/log")
  expect status.target_url, "https://example.com/log"
end

client.per_page = 1
client.auto_paginate = true
listed = client.list_deployment_statuses(deployment.url)
expect listed.map(&:state), states.reverse
expect client.get(listed.first.url).to_h, listed.first.to_h
expect client.list_deployments("octocat/example", environment: "staging").map(&:id), [deployment.id]

begin
  client.create_deployment_status(deployment.url, "done")
  raise "an unknown state was accepted"
rescue Octokit::UnprocessableEntity => e
  expect e.message.include?("Validation Failed"), true
end

begin
  client.get("#{deployment.url}/statuses/1")
  raise "an unknown status was returned"
rescue Octokit::NotFound => e
  expect e.response_status, 404
end

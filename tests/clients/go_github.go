// Creates a deployment, reports its statuses and reads them with go-github.
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/google/go-github/github"
	"golang.org/x/oauth2"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func expect[T comparable](actual, expected T) {
	if actual != expected {
		panic(fmt.Sprintf("expected %v, found %v", expected, actual))
	}
}

func main() {
	ctx := context.Background()
	token := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"})
	client := github.NewClient(oauth2.NewClient(ctx, token))
	base, err := url.Parse(os.Getenv("GITHUB_API") + "/")
	must(err)
	client.BaseURL = base

	user, _, err := client.Users.Get(ctx, "")
	must(err)
	expect(user.GetLogin(), "octocat")

	request := &github.DeploymentRequest{Ref: github.String("main"), Environment: github.String("staging")}
	deployment, _, err := client.Repositories.CreateDeployment(ctx, "octocat", "example", request)
	must(err)
	expect(deployment.GetEnvironment(), "staging")

	states := []string{"queued", "in_progress", "success"}
	for _, state := range states {
		status, _, err := report(ctx, client, deployment.GetID(), state)
		must(err)
		expect(status.GetTargetURL(), "https://example.com/log")
	}

	var listed []*github.DeploymentStatus
	options := &github.ListOptions{PerPage: 1}
	for {
		page, response, err := client.Repositories.ListDeploymentStatuses(ctx, "octocat", "example", deployment.GetID(), options)
		must(err)
		listed = append(listed, page...)
		if response.NextPage == 0 {
			expect(response.Rate.Remaining < response.Rate.Limit, os.Getenv("PROFILE") == "github")
			break
		}
		options.Page = response.NextPage
	}
	expect(len(listed), len(states))
	for index, status := range listed {
		expect(status.GetState(), states[len(states)-1-index])
	}
	newest, _, err := client.Repositories.GetDeploymentStatus(ctx, "octocat", "example", deployment.GetID(), listed[0].GetID())
	must(err)
	expect(newest.GetURL(), listed[0].GetURL())

	_, _, err = report(ctx, client, deployment.GetID(), "done")
	expect(refusal(err).Response.StatusCode, http.StatusUnprocessableEntity)
	expect(refusal(err).Message, "Validation Failed")
	_, _, err = client.Repositories.GetDeploymentStatus(ctx, "octocat", "example", deployment.GetID(), 1)
	expect(refusal(err).Response.StatusCode, http.StatusNotFound)
}

func report(ctx context.Context, client *github.Client, id int64, state string) (*github.DeploymentStatus, *github.Response, error) {
	request := &github.DeploymentStatusRequest{State: &state, LogURL: github.String("https://example.com/log")}
	return client.Repositories.CreateDeploymentStatus(ctx, "octocat", "example", id, request)
}

func refusal(err error) *github.ErrorResponse {
	response, ok := err.(*github.ErrorResponse)
	if !ok {
		panic(fmt.Sprintf("expected a refusal, found %v", err))
	}
	return response
}

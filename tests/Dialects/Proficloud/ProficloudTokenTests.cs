using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Proficloud;

public sealed class ProficloudTokenTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_login_gives_the_documented_answer_and_its_tokens_work()
    {
        await using var server = await ProficloudServer.StartAsync();

        var (status, answer, cacheControl) = await PostAsync(server, """{"username":"ann","password":"secret"}""");

        Assert.Equal(200, status);
        Assert.Equal("no-store", cacheControl);
        Assert.Equal(
            [
                "access_token",
                "expires_in",
                "refresh_expires_in",
                "refresh_token",
                "token_type",
                "not-before-policy",
                "session_state",
                "scope",
            ],
            answer.Select(member => member.Key)
        );
        Assert.Equal(
            "86400 0 bearer 0",
            $"{answer["expires_in"]} {answer["refresh_expires_in"]} {answer["token_type"]} {answer["not-before-policy"]}"
        );
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer["access_token"]!.ToString());
        Assert.Equal(400, (await server.GetAsync("/epts/last")).Status);
    }

    [Fact]
    public async Task A_refresh_token_buys_a_new_pair_of_the_same_session()
    {
        await using var server = await ProficloudServer.StartAsync();
        var (_, first, _) = await PostAsync(server, """{"username":"ann","password":"secret"}""");

        var (status, second, _) = await PostAsync(server, $$"""{"refresh_token":"{{first["refresh_token"]}}"}""");

        Assert.Equal(200, status);
        Assert.Equal(first["session_state"]!.ToString(), second["session_state"]!.ToString());
        Assert.NotEqual(first["access_token"]!.ToString(), second["access_token"]!.ToString());
    }

    [Theory]
    [InlineData("""{"username":"ann","password":"wrong"}""", "Invalid user credentials")]
    [InlineData("""{"username":"nobody","password":"secret"}""", "Invalid user credentials")]
    [InlineData("""{"username":"t2/ann","password":"secret"}""", "Invalid user credentials")]
    [InlineData("""{"refresh_token":"wrong"}""", "Invalid refresh token")]
    public async Task Wrong_credentials_are_401_in_keycloaks_words(string body, string description)
    {
        await using var server = await ProficloudServer.StartAsync();

        var (status, answer, _) = await PostAsync(server, body);

        Assert.Equal(401, status);
        Assert.Equal($$"""{"error":"invalid_grant","error_description":"{{description}}"}""", answer.ToJsonString());
    }

    [Fact]
    public async Task A_name_of_two_tenants_is_told_to_be_so()
    {
        await using var server = await ProficloudServer.StartAsync();
        await server.Cloud.AddTenantAsync("t2");
        await server.Cloud.One.Users.ApplyAsync("t2", "ann", new UserChange { Password = "secret" }, null, Cancellation);

        Assert.Equal(
            (401, Logins.AmbiguousMessage),
            await PostAsync(server, """{"username":"ann","password":"secret"}""") is var (status, answer, _)
                ? (status, answer["error_description"]!.ToString())
                : default
        );
        Assert.Equal(200, (await PostAsync(server, """{"username":"t2/ann","password":"secret"}""")).Status);
    }

    [Theory]
    [InlineData("", "The body is no well-formed JSON")]
    [InlineData("{", "The body is no well-formed JSON")]
    [InlineData("[]", "The body is a JSON object.")]
    [InlineData("null", "The body is a JSON object.")]
    [InlineData("{}", "The body has username and password, or refresh_token.")]
    [InlineData("""{"username":"ann"}""", "The body has username and password, or refresh_token.")]
    [InlineData("""{"username":5,"password":"x"}""", "The body has username and password, or refresh_token.")]
    [InlineData("""{"username":"a","username":"b","password":"x"}""", "The body is no well-formed JSON")]
    public async Task A_wrong_body_is_400(string body, string message)
    {
        await using var server = await ProficloudServer.StartAsync();

        var (status, answer, _) = await PostAsync(server, body);

        Assert.Equal(400, status);
        Assert.StartsWith(message, answer["error"]!.ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_beyond_64_KiB_is_413_and_the_next_request_is_served(bool chunked)
    {
        await using var server = await ProficloudServer.StartAsync();

        var (status, answer, _) = await PostAsync(server, new string(' ', (64 * 1024) + 1), chunked: chunked);

        Assert.Equal(413, status);
        Assert.Equal("The body has more than 65536 bytes.", answer["error"]!.ToString());
        Assert.Equal(200, (await PostAsync(server, """{"username":"ann","password":"secret"}""")).Status);
    }

    [Fact]
    public async Task A_form_is_taken_too()
    {
        await using var server = await ProficloudServer.StartAsync();

        var (status, _, _) = await PostAsync(
            server,
            "grant_type=password&username=t1%2Fann&password=secret",
            "application/x-www-form-urlencoded"
        );

        Assert.Equal(200, status);
    }

    private static async Task<(int Status, JsonObject Answer, string? CacheControl)> PostAsync(
        ProficloudServer server,
        string body,
        string type = "application/json",
        bool chunked = false
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/epts/token");
        request.Content = new StringContent(body, Encoding.UTF8, type);
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await server.Client.SendAsync(request, Cancellation);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!.AsObject();
        return ((int)response.StatusCode, answer, response.Headers.CacheControl?.ToString());
    }
}

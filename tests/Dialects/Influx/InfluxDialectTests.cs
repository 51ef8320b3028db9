using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Serverless.Dialects.Tests.Influx;

/// <summary>Methods, headers and who may come in. The answers are the real server's.</summary>
public sealed class InfluxDialectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/ping", "204")]
    [InlineData("HEAD", "/ping", "204")]
    [InlineData("GET", "/ping?verbose=0", "204")]
    [InlineData("GET", "/ping?verbose=true", "200 {\"version\":\"1.8.10\"}")]
    [InlineData("POST", "/ping", "405 Method Not Allowed")]
    [InlineData("OPTIONS", "/ping", "405 Method Not Allowed")]
    [InlineData("GET", "/ping/", "404 404 page not found")]
    [InlineData("PUT", "/query", "405 Method Not Allowed")]
    [InlineData("HEAD", "/query", "405")]
    [InlineData("OPTIONS", "/query", "200")]
    [InlineData("GET", "/query/", "404 404 page not found")]
    [InlineData("POST", "/query/x", "404 404 page not found")]
    [InlineData("POST", "/write/x/y", "404 404 page not found")]
    [InlineData("HEAD", "/ping/x", "404")]
    [InlineData("GET", "/Query", "404 404 page not found")]
    [InlineData("GET", "/write", "405 Method Not Allowed")]
    [InlineData("OPTIONS", "/write", "200")]
    public async Task Methods(string method, string path, string answer)
    {
        await using var server = await InfluxServer.StartAsync();
        server.Client.DefaultRequestHeaders.Authorization = null;

        Assert.Equal(answer, await server.SendAsync(method, path));
    }

    [Fact]
    public async Task Every_answer_names_version_and_request()
    {
        await using var server = await InfluxServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ping");
        request.Headers.Add("Request-Id", "abc");
        request.Headers.Add("Origin", "http://x");
        using var response = await server.Client.SendAsync(request, Cancellation);

        Assert.Equal("1.8.10", response.Headers.GetValues("X-Influxdb-Version").Single());
        Assert.Equal("OSS", response.Headers.GetValues("X-Influxdb-Build").Single());
        Assert.Equal("abc", response.Headers.GetValues("Request-Id").Single());
        Assert.Equal("abc", response.Headers.GetValues("X-Request-Id").Single());
        Assert.Equal("http://x", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var other = await server.Client.GetAsync("/ping", Cancellation);
        Assert.True(Guid.TryParse(other.Headers.GetValues("Request-Id").Single(), out _));
        Assert.False(other.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("Bearer the-token", true)]
    [InlineData("Token ann:secret", true)]
    [InlineData("Basic ann:secret", true)]
    [InlineData("Basic t1/ann:secret", true)]
    [InlineData("Bearer another", false)]
    [InlineData("Token ann:wrong", false)]
    [InlineData("Basic nobody:secret", false)]
    public async Task Ways_to_log_in(string header, bool accepted)
    {
        await using var server = await InfluxServer.StartAsync();
        var (scheme, credentials) = (header.Split(' ')[0], header.Split(' ')[1]);
        var sent = scheme == "Basic" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)) : credentials;
        server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(scheme, sent);

        var answer = await server.QueryAsync("SHOW DATABASES");

        Assert.StartsWith(accepted ? "200 " : """401 {"error":"authorization failed"}""", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, "unable to parse authentication credentials")]
    [InlineData("", "Token no-colon", "unable to parse authentication credentials")]
    [InlineData("", "Basic ???", "unable to parse authentication credentials")]
    [InlineData("", "Token :x", "username required")]
    [InlineData("&u=ann&p=wrong", "Bearer the-token", "authorization failed")]
    [InlineData("&u=ann", null, "unable to parse authentication credentials")]
    public async Task Whom_nobody_knows(string parameters, string? header, string error)
    {
        await using var server = await InfluxServer.StartAsync();
        server.Client.DefaultRequestHeaders.Authorization = null;
        if (header is not null)
        {
            server.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        }

        using var response = await server.Client.GetAsync($"/query?q=show+databases{parameters}", Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"InfluxDB\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal($"{{\"error\":\"{error}\"}}\n", await response.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task User_and_password_in_the_url()
    {
        await using var server = await InfluxServer.StartAsync();
        server.Client.DefaultRequestHeaders.Authorization = null;

        Assert.StartsWith("200 ", await server.QueryAsync("SHOW DATABASES", "u=ann&p=secret"), StringComparison.Ordinal);
    }
}

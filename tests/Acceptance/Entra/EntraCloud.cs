using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Entra.Support;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Entra;

/// <summary>The cloud as a process that takes the tokens of a local issuer.</summary>
public sealed class EntraCloud : IAsyncLifetime
{
    public const string Home = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

    private readonly ScratchFolder folder = new();
    private HttpClient http = null!;

    internal TestUser User { get; } = new("ann", "beside the others", "reader");

    internal TestDevice Device { get; } = TestDevice.New();

    internal OpenIdProvider Provider { get; private set; } = null!;

    internal CloudProcess Cloud { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Provider = await OpenIdProvider.StartAsync(Home);
        var settings = Provider.Settings(
            JsonNode.Parse("""{"role":"Telemetry.Read","tenant":"t1","roles":["reader"]}""")!,
            JsonNode.Parse(
                """{"scope":"access_as_user","group":"2f9c1b6e-0d4a-4b0e-9a77-0b8a8d1c6f02","tenant":"t1","roles":["admin"]}"""
            )!,
            JsonNode.Parse("""{"scope":"access_as_user","tenant":"t2","roles":["user"]}""")!
        );
        // Each API is asked many times a second.
        var unbounded = JsonNode.Parse("""{"thingScale":{"requestsPerSecond":0},"conduit":{"readSeconds":0}}""")!.AsObject();
        Cloud = await CloudProcess.StartAsync(
            new CloudOptions
            {
                Data = folder.At("data"),
                Bootstrap = new TestBootstrap().Tenant("t1", [User], [Device], unbounded).Tenant("t2", []),
                MqttPort = -1,
                MqttsPort = -1,
                Environment = ImmutableDictionary<string, string>.Empty.Add("SERVERLESS_ENTRA", settings.ToJsonString()),
            }
        );
        http = new HttpClient { BaseAddress = Cloud.Http, Timeout = Poll.Patience };
    }

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        if (Cloud is not null)
        {
            await Cloud.DisposeAsync();
            Assert.DoesNotContain("eyJ", Cloud.Output.ToString(), StringComparison.Ordinal); // as every JWT begins
        }

        if (Provider is not null)
        {
            await Provider.DisposeAsync();
        }

        folder.Dispose();
    }

    internal Task<Reply> GetAsync(Api api, string token) => SendAsync(HttpMethod.Get, api.Path, token);

    internal async Task<Reply> SendAsync(HttpMethod method, string path, string token, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path.Replace("{uuid}", Device.Uuid, StringComparison.Ordinal))
        {
            Content = content,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Reply((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text);
    }

    internal sealed record Reply(int Status, string? MediaType, string Text);
}

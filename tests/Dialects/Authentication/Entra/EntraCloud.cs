using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Serverless.Acceptance.Tests.Entra.Support;
using Serverless.Contracts;
using Serverless.Dialects.Authentication.Entra;
using Serverless.Domain.Users;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Authentication.Entra;

/// <summary>A cloud that takes the tokens of a local issuer, under a clock that stands still.</summary>
internal sealed class EntraCloud : IAsyncDisposable
{
    /// <summary>The directory of most tests.</summary>
    public const string Home = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

    private readonly TestCloud cloud;
    private readonly RecordingLogger<EntraTokens> log = new();

    private EntraCloud(TestCloud cloud, OpenIdProvider provider, JsonNode[] mappings)
    {
        (this.cloud, Provider) = (cloud, provider);
        var options = EntraOptions.Parse(provider.Settings(mappings).ToJsonString());
        Tokens = new EntraTokens(options, cloud.One.Tenants, cloud.Time, log);
    }

    public OpenIdProvider Provider { get; }

    public EntraTokens Tokens { get; }

    public IReadOnlyList<string> Log => log.Lines;

    public DateTimeOffset Now => cloud.Time.GetUtcNow();

    /// <summary>A cloud for one directory, in which readers have the app role Telemetry.Read, where no other mappings are given.</summary>
    public static async Task<EntraCloud> StartAsync(string directory = Home, params JsonNode[] mappings) =>
        new(
            await TestCloud.OpenAsync(),
            await OpenIdProvider.StartAsync(directory),
            mappings.Length > 0 ? mappings : [Mapping("role", "Telemetry.Read", TestCloud.Tenant, Roles.Reader)]
        );

    public static JsonObject Mapping(string condition, string value, string tenant, params string[] roles) =>
        new()
        {
            [condition] = value,
            ["tenant"] = tenant,
            ["roles"] = new JsonArray([.. roles.Select(role => JsonValue.Create(role))]),
        };

    public void Advance(TimeSpan by) => cloud.Time.Advance(by);

    public string Token(Action<JsonObject>? edit = null, string? of = null) => Provider.Token(Now, edit, of);

    public ValueTask<Caller?> FindAsync(string token) => Tokens.FindCallerAsync(token, TestContext.Current.CancellationToken);

    /// <summary>Expects that a token is refused, for this reason.</summary>
    public async Task RefusesAsync(EntraRefusal reason, string token)
    {
        Assert.Null(await FindAsync(token));
        Assert.EndsWith($": {reason}", Log[^1], StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        Assert.DoesNotContain(Log, line => line.Contains("eyJ", StringComparison.Ordinal)); // as every JWT begins
        Tokens.Dispose();
        await Provider.DisposeAsync();
        await cloud.DisposeAsync();
    }
}

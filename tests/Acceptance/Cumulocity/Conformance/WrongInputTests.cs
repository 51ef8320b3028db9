using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>Wrong input of every kind, made from the official document: at least a hundred requests of each operation, none of which is the server's fault, and each refusal says why.</summary>
public sealed class WrongInputTests(WrongInputCloud cloud) : IClassFixture<WrongInputCloud>
{
    // Besides the documented ones: what every operation may say.
    private static readonly int[] General =
    [
        200,
        201,
        202,
        204,
        206,
        304,
        400,
        401,
        403,
        404,
        405,
        406,
        409,
        411,
        413,
        414,
        415,
        416,
        422,
        431,
    ];

    public static TheoryData<string> All => new(Operations.All.Select(operation => operation.ToString()));

    [Theory]
    [MemberData(nameof(All))]
    public async Task Is_refused_as_documented(string name)
    {
        var operation = Operations.All.Single(operation => operation.ToString() == name);
        var requests = new WrongRequests(operation, cloud.Names).All();
        Assert.True(requests.Count >= WrongRequests.Least);

        var wrong = new List<string>();
        foreach (var request in requests)
        {
            if (await AskAsync(operation, request) is { } complaint)
            {
                wrong.Add($"{request.What}: {complaint}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {requests.Count}:\n{string.Join('\n', wrong.Take(40))}");
    }

    /// <returns>What is wrong with the answer, or null.</returns>
    private async Task<string?> AskAsync(Operation operation, WrongRequest wrong)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(operation.Method),
            new Uri(
                cloud.Http.BaseAddress + wrong.Path.TrimStart('/'),
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
            )
        );
        if (wrong.Body is not null)
        {
            request.Content = new ByteArrayContent(wrong.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", wrong.ContentType);
        }

        if (!wrong.Headers.ContainsKey("Authorization"))
        {
            // Whoever changes himself is somebody else afterwards.
            request.Headers.Authorization = operation.Path == "/user/currentUser" ? cloud.OtherLogin : cloud.Login;
        }

        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        foreach (var (header, value) in wrong.Headers)
        {
            request.Headers.Remove(header);
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using var response = await cloud.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var status = (int)response.StatusCode;
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (wrong.Statuses is { } expected ? !expected.Contains(status) : !General.Contains(status) && !operation.Statuses.Contains(status))
        {
            return $"{status} {text}";
        }

        // The server's own word on what is no HTTP (NUL in a path) has no body.
        var isOurs = !wrong.Path.Split('?')[0].Contains("%00", StringComparison.Ordinal);
        return status >= 400 && isOurs ? Complain(text, status) : null;
    }

    private static string? Complain(string text, int status)
    {
        try
        {
            var error = JsonNode.Parse(text)!.AsObject();
            return error["error"] is JsonValue && error["message"] is JsonValue && error["info"] is JsonValue
                ? null
                : $"{status} with {text}";
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or NullReferenceException)
        {
            return $"{status} with {text}";
        }
    }
}

/// <summary>A cloud with one of each thing, for wrong requests to be right in all but one place.</summary>
public sealed class WrongInputCloud : IAsyncLifetime
{
    private static readonly TestUser Admin = new("admin", "correct horse battery", "admin");
    private static readonly TestUser Other = new("other", "correct horse battery", "admin");
    private readonly ScratchFolder folder = new();
    private CloudProcess cloud = null!;

    internal HttpClient Http { get; private set; } = null!;

    internal AuthenticationHeaderValue Login { get; } = LoginOf(Admin);

    internal AuthenticationHeaderValue OtherLogin { get; } = LoginOf(Other);

    /// <summary>What path parameters name.</summary>
    internal Dictionary<string, string> Names { get; } =
        new()
        {
            ["type"] = "c8y_Serial",
            ["externalId"] = "none",
            ["category"] = "cat",
            ["key"] = "key",
            ["$reads"] = "",
        };

    public async ValueTask InitializeAsync()
    {
        cloud = await CloudProcess.StartAsync(
            new CloudOptions { Data = folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [Admin, Other]) }
        );
        Http = new HttpClient { BaseAddress = cloud.Http };
        using var content = new StringContent(
            """{"name":"a device","c8y_IsDevice":{},"com_cumulocity_model_Agent":{}}""",
            Encoding.UTF8,
            "application/json"
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, "inventory/managedObjects") { Content = content };
        request.Headers.Authorization = Login;
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await Http.SendAsync(request);
        Names["id"] = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["id"]!;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (cloud is not null)
        {
            await cloud.DisposeAsync();
        }

        folder.Dispose();
    }

    private static AuthenticationHeaderValue LoginOf(TestUser user) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"t1/{user.Name}:{user.Password}")));
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Conformance;

/// <summary>Asks a cloud of its own through Prism with the official schemas, and takes note of what Prism complains of.</summary>
internal sealed class PrismClient : IAsyncDisposable
{
    public static readonly TestUser Admin = new("admin", "correct horse battery", "admin");

    // What the document or Prism has wrong itself.
    private static readonly (string Operation, string Complaint)[] Defects =
    [
        // Templates with {placeholders} are no URIs.
        ("GET /identity", "externalId must match format"),
        // Of an answer's two JSON types Prism takes the first, whichever the answer names: a collection is no single measurement.
        ("POST /measurement/measurements", "required property 'source'"),
        // 204 has no body, and so no media type.
        ("DELETE /inventory/managedObjects/{id}", "The received media type \\\"\\\" does not match"),
    ];

    private readonly ScratchFolder folder = new();
    private CloudProcess cloud = null!;
    private NodeServer prism = null!;
    private HttpClient http = null!;

    private PrismClient() { }

    /// <summary>The operations that were asked.</summary>
    public HashSet<string> Asked { get; } = [];

    public List<string> Violations { get; } = [];

    public static async Task<PrismClient> StartAsync()
    {
        var client = new PrismClient();
        try
        {
            client.cloud = await CloudProcess.StartAsync(
                new CloudOptions { Data = client.folder.At("data"), Bootstrap = new TestBootstrap().Tenant("t1", [Admin]) }
            );
            client.prism = await PrismProxy.StartAsync(client.cloud.Http);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }

        client.http = new HttpClient { BaseAddress = client.prism.Address };
        client.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"t1/{Admin.Name}:{Admin.Password}"))
        );
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        await (prism?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }

    /// <summary>Makes a thing.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> MakeAsync(string operation, string body, string type, string? id = null)
    {
        var made = await SendAsync(201, operation, id, body, type);
        Assert.True(made is not null, string.Join('\n', Violations));
        return (string)made["id"]!;
    }

    /// <summary>Asks an operation through Prism and takes note of what it complains of.</summary>
    /// <returns>The answer's JSON, or null where it has none.</returns>
    public async Task<JsonNode?> SendAsync(
        int status,
        string operation,
        string? id = null,
        string? body = null,
        string? type = null,
        string query = "",
        string? child = null,
        string? path = null
    )
    {
        Asked.Add(operation);
        var method = operation.Split(' ')[0];
        var target =
            path
            ?? operation.Split(' ')[1].Replace("{id}", id, StringComparison.Ordinal).Replace("{childId}", child, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(target + query, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept", "application/vnd.com.nsn.cumulocity.any+json, */*");
        if (body is not null)
        {
            var contentType = type!.Contains('/', StringComparison.Ordinal) ? type : $"application/vnd.com.nsn.cumulocity.{type}+json";
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            if (!Defects.Any(defect => operation == defect.Operation && text.Contains(defect.Complaint, StringComparison.Ordinal)))
            {
                Violations.Add($"{operation}: {text}");
            }

            return null;
        }

        Assert.True(status == (int)response.StatusCode, $"{operation}: {(int)response.StatusCode} {text}");
        return text.StartsWith('{') ? JsonNode.Parse(text) : null;
    }
}

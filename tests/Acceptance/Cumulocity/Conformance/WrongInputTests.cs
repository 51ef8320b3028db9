using System.Collections.Concurrent;
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
        var wrongRequests = new WrongRequests(operation, await cloud.MakeAsync(operation));
        var requests = wrongRequests.All();
        Assert.True(requests.Count >= WrongRequests.Least);

        // What is right in all but one place is refused for this place alone.
        if (RightBodies.Find(name, cloud.Shared) is not null && !RightBodies.Refused.ContainsKey(name))
        {
            Assert.Null(await AskAsync(operation, wrongRequests.RightRequest() with { Statuses = [200, 201, 204] }));
        }

        // First what must be refused: some of the others would delete the thing, or change the login.
        var wrong = new ConcurrentBag<string>();
        foreach (var part in requests.GroupBy(request => request.Statuses is null).OrderBy(part => part.Key))
        {
            await Parallel.ForEachAsync(
                part,
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
                async (request, _) =>
                {
                    if (await AskAsync(operation, request) is { } complaint)
                    {
                        wrong.Add($"{request.What}: {complaint}");
                    }
                }
            );
        }

        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {requests.Count}:\n{string.Join('\n', wrong.Take(80))}");
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
            request.Content = new ByteArrayContent(cloud.Numbered(wrong.Body));
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

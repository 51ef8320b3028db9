using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Serverless.Domain.Topics;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.ThingScale;

/// <summary>
/// Replays every example of the reference and the seed. A file of examples has sections that begin with === and the source; in it, lines "clock TIME", "limits REST CONNECTOR", "devices MOST", "mqtt TOPIC PAYLOAD", "bytes TOPIC HEX",
/// "session ID ADDRESS CLEAN VERSION KEEPALIVE TIME" and "also MEMBER …" (members that the example does not have), and steps: "&gt; METHOD PATH" with headers and a body, "&lt; STATUS" with the body that is expected.
/// </summary>
public sealed partial class ExampleTests
{
    [Fact]
    public async Task Every_example_is_answered_as_documented()
    {
        var (passed, failures) = (0, new List<string>());
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "ThingScale", "Examples"), "*.txt").Order())
        {
            foreach (var example in Sections(await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)))
            {
                if (await ReplayAsync(example) is { } failure)
                {
                    failures.Add($"{Path.GetFileName(file)}: {example[0]}\n  {failure}");
                }
                else
                {
                    passed++;
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"ThingScale's examples: {passed} of {passed + failures.Count}");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.Equal(Total, passed);
    }

    /// <summary>How many examples the reference and the seed have.</summary>
    private const int Total = 66;

    private static IEnumerable<List<string>> Sections(string[] lines)
    {
        List<string>? section = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("===", StringComparison.Ordinal))
            {
                if (section is not null)
                {
                    yield return section;
                }

                section = [];
            }

            section?.Add(line);
        }

        yield return section!;
    }

    /// <returns>What differs, or null.</returns>
    private static async Task<string?> ReplayAsync(List<string> example)
    {
        await using var server = await ThingScaleServer.StartAsync();
        var also = new HashSet<string>();
        for (var i = 1; i < example.Count; i++)
        {
            var words = example[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case []:
                    break;
                case [">", var method, var path]:
                    var (answer, next) = await SendAsync(server, method, path, example, i + 1);
                    var expected = example[next].Split(' ')[1];
                    var body = string.Join('\n', example.Skip(next + 1).TakeWhile(line => !IsStep(line))).Trim();
                    i = next + (body.Length == 0 ? 0 : body.Split('\n').Length);
                    var difference =
                        answer.Status.ToString() == expected ? Difference(body, answer.Body, also) : $"Status {expected} was expected.";
                    if (difference is not null)
                    {
                        return $"{method} {path}: {difference}\n  {answer}";
                    }

                    break;
                default:
                    await DoAsync(server, words, also);
                    break;
            }
        }

        return null;
    }

    private static async Task<(Answer Answer, int Next)> SendAsync(
        ThingScaleServer server,
        string method,
        string path,
        List<string> example,
        int at
    )
    {
        var headers = new List<(string, string)>();
        for (; HeaderLine().IsMatch(example[at]); at++)
        {
            var colon = example[at].IndexOf(':', StringComparison.Ordinal);
            headers.Add((example[at][..colon], example[at][(colon + 1)..].Trim()));
        }

        var body = new List<string>();
        for (; !example[at].StartsWith('<'); at++)
        {
            body.Add(example[at]);
        }

        var bytes = body.Count == 0 ? null : Encoding.UTF8.GetBytes(string.Join('\n', body));
        return (await server.SendRawAsync(method, path, bytes, [.. headers]), at);
    }

    private static async Task DoAsync(ThingScaleServer server, string[] words, HashSet<string> also)
    {
        switch (words)
        {
            case ["clock", var time]:
                server.SetClock(time);
                break;
            case ["limits", var rest, var connector]:
                await server.SetAsync(set =>
                    set with
                    {
                        RequestsPerSecond = int.Parse(rest),
                        ConnectorRequestsPerSecond = int.Parse(connector),
                    }
                );
                break;
            case ["devices", var most]:
                await server.SetAsync(set => set with { MaxDevices = int.Parse(most) });
                break;
            case ["mqtt", var topic, .. var payload]:
                await server.PublishAsync(topic, string.Join(' ', payload), "1085266243_x7");
                break;
            case ["bytes", var topic, var hex]:
                await server.PublishAsync(topic, Convert.FromHexString(hex));
                break;
            case ["session", var id, var address, var clean, var version, var keepAlive, var time]:
                var client = new TopicClient(
                    id,
                    null,
                    null,
                    bool.Parse(clean),
                    int.Parse(version),
                    int.Parse(keepAlive),
                    address,
                    DateTimeOffset.Parse(time)
                );
                server.Connections.All.Add(new TopicConnection(TestCloud.Tenant, "thingscale", client));
                break;
            case ["also", .. var members]:
                also.UnionWith(members);
                break;
            default:
                Assert.Fail($"No such step: {string.Join(' ', words)}");
                break;
        }
    }

    private static bool IsStep(string line) => Step().IsMatch(line);

    /// <summary>What an answer has otherwise than expected, or null. An _id is any of 24 hexadecimal digits, or null as expected.</summary>
    private static string? Difference(string expected, string actual, HashSet<string> also)
    {
        if (!expected.StartsWith('{') && !expected.StartsWith('['))
        {
            return expected == actual ? null : "Another body was expected.";
        }

        return Difference(JsonNode.Parse(expected), JsonNode.Parse(actual), "$", also);
    }

    private static string? Difference(JsonNode? expected, JsonNode? actual, string path, HashSet<string> also)
    {
        if (path.EndsWith("._id", StringComparison.Ordinal) && expected is not null && actual is not null)
        {
            return ObjectId().IsMatch((string)actual!) ? null : $"{path} is no id";
        }

        switch (expected, actual)
        {
            case (JsonObject wanted, JsonObject found):
                return wanted
                        .Select(member =>
                            found.ContainsKey(member.Key)
                                ? Difference(member.Value, found[member.Key], $"{path}.{member.Key}", also)
                                : $"{path}.{member.Key} is missing"
                        )
                        .FirstOrDefault(difference => difference is not null)
                    ?? found
                        .Where(member => !wanted.ContainsKey(member.Key) && !also.Contains(member.Key))
                        .Select(member => $"{path}.{member.Key} was not expected")
                        .FirstOrDefault();
            case (JsonArray wanted, JsonArray found):
                return wanted.Count != found.Count
                    ? $"{path} has {found.Count} items instead of {wanted.Count}"
                    : wanted
                        .Select((item, i) => Difference(item, found[i], $"{path}[{i}]", also))
                        .FirstOrDefault(difference => difference is not null);
            default:
                return JsonNode.DeepEquals(expected, actual)
                    ? null
                    : $"{path} is {actual?.ToJsonString() ?? "null"} instead of {expected?.ToJsonString() ?? "null"}";
        }
    }

    [GeneratedRegex("^[A-Z][A-Za-z-]*: ")]
    private static partial Regex HeaderLine();

    [GeneratedRegex("^(>|<|clock|limits|devices|mqtt|bytes|session|also)( |$)")]
    private static partial Regex Step();

    [GeneratedRegex("^[0-9a-f]{24}$")]
    private static partial Regex ObjectId();
}

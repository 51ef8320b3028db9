using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Tests.Support;

namespace Serverless.Dialects.Tests.Thingsee;

/// <summary>
/// Every request and response of the reference and the seed, in the order of a thing's life: "! " sends telemetry, "~ " says that a gateway came or went, "&gt; " asks with the body that follows, "&lt; "
/// is the status that must come, with the body that follows; "*" in it stands for any value.
/// </summary>
public sealed class ExampleTests(ITestOutputHelper output)
{
    private const string Gateway = "XXXX03X2Z74162459";

    [Fact]
    public async Task Every_documented_example_is_answered_as_documented()
    {
        await using var server = await ThingseeServer.StartAsync();
        var gateway = new NewDevice { Relays = true, ExternalIds = [new("tuid", Gateway), new(ExternalId.IotHub, Gateway)] };
        await server.One.Service.CreateAsync(TestCloud.Tenant, gateway, TestCloud.Cancellation);
        var (passed, failures) = (0, new List<string>());
        var files = Directory.GetFiles(Folder(), "*.txt").Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
        {
            var wrong = await ReplayAsync(server, await File.ReadAllLinesAsync(file, TestCloud.Cancellation));
            passed += wrong is null ? 1 : 0;
            failures.AddRange(wrong is null ? [] : [$"{Path.GetFileName(file)}: {wrong}"]);
        }

        output.WriteLine($"Thingsee: {passed} of {files.Count} examples");
        Assert.Empty(failures);
        Assert.Equal(19, passed);
    }

    private static async Task<string?> ReplayAsync(ThingseeServer server, string[] lines)
    {
        Assert.StartsWith("# ", lines[0], StringComparison.Ordinal);
        for (var i = 1; i < lines.Length; i++)
        {
            var words = lines[i].Split(' ');
            switch (words[0])
            {
                case "!":
                    await server.SendAsync(lines[i][2..]);
                    break;
                case "~":
                    var time = DateTimeOffset.Parse(words[3], CultureInfo.InvariantCulture);
                    await server.One.Connections.RecordAsync(words[1], words[2] == "connected", time, TestCloud.Cancellation);
                    break;
                default:
                    var body = lines[i + 1].StartsWith("< ", StringComparison.Ordinal) ? null : lines[++i];
                    var (status, answer) = await server.AskAsync(words[1], words[2], body);
                    var (expected, wanted) = (int.Parse(lines[i + 1][2..], CultureInfo.InvariantCulture), JsonNode.Parse(lines[i + 2])!);
                    i += 2;
                    if (status != expected || !Matches(wanted, answer))
                    {
                        return $"{status} {answer.ToJsonString()}";
                    }

                    break;
            }
        }

        return null;
    }

    private static bool Matches(JsonNode? wanted, JsonNode? answer) =>
        (wanted, answer) switch
        {
            (JsonValue any, not null) when any.TryGetValue<string>(out var text) && text == "*" => true,
            (JsonObject one, JsonObject other) => one.Count == other.Count
                && one.All(member => other.ContainsKey(member.Key) && Matches(member.Value, other[member.Key])),
            (JsonArray one, JsonArray other) => one.Count == other.Count && one.Zip(other).All(pair => Matches(pair.First, pair.Second)),
            _ => JsonNode.DeepEquals(wanted, answer),
        };

    private static string Folder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "Examples");
}

using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Serverless.Domain.Devices;
using Serverless.Domain.Series;
using Serverless.Domain.Tenants;
using Serverless.Domain.Topics;

namespace Serverless.Dialects.Tests.Conduit;

/// <summary>Replays every request and answer of the reference and the seed.</summary>
public sealed class ExampleTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_example_is_answered_as_documented()
    {
        var failures = new List<string>();
        var names = ExampleFile.Names.ToList();
        foreach (var name in names)
        {
            if (await ReplayAsync(ExampleFile.Read(name)) is { } failure)
            {
                failures.Add($"{name}: {failure}");
            }
        }

        output.WriteLine($"Conduit: {names.Count - failures.Count} of {names.Count} examples pass.");
        Assert.True(names.Count >= 30, $"There are {names.Count} examples only.");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    /// <returns>What differs, or null.</returns>
    private static async Task<string?> ReplayAsync(ExampleFile example)
    {
        var settings = new ConduitSettings
        {
            ReadSeconds = Number(example, "seconds") ?? 0,
            MaxAnswerBytes = (int)(Number(example, "answer") ?? 0),
        };
        await using var server = await ConduitServer.StartAsync(settings);
        await ArrangeAsync(example, server);
        foreach (var exchange in example.Exchanges)
        {
            if (await TakeAsync(example, exchange, server) is { } failure)
            {
                return $"{exchange.Verb} {exchange.Target}: {failure}";
            }
        }

        return null;
    }

    private static async Task ArrangeAsync(ExampleFile example, ConduitServer server)
    {
        foreach (var (index, token) in example.Tokens.Where(token => token != ConduitServer.Token).Index())
        {
            await server.AddUserAsync($"user{index}", token, http: example.Value("switched") != "off");
        }

        if (Number(example, "time") is { } seconds)
        {
            server.Cloud.Time.Advance(DateTimeOffset.FromUnixTimeSeconds((long)seconds) - server.Cloud.Time.GetUtcNow());
        }

        if (example.Value("device") is { } json)
        {
            var (device, channel) = DeviceOf(JsonNode.Parse(json)!.AsObject());
            var twin = await server.AddAsync(device);
            foreach (var point in example.Values("point").Select(text => text.Split(' ')))
            {
                var value = double.Parse(point[1], CultureInfo.InvariantCulture);
                await server.WriteAsync(
                    twin,
                    channel.Measurement,
                    double.Parse(point[0], CultureInfo.InvariantCulture),
                    FieldValue.Of(value)
                );
            }
        }

        switch (example.Value("store"))
        {
            case "away":
                server.Cloud.Store.GoAway();
                break;
            case "broken":
                server.Cloud.Store.BeforeGet = _ => throw new InvalidTimeZoneException("broken");
                break;
            default:
                break;
        }
    }

    private static (NewDevice Device, Channel Channel) DeviceOf(JsonObject json)
    {
        string? Text(string name) => (string?)json[name];
        var channel = new Channel((int)json["channel"]!, "measured", "value")
        {
            Type = Text("type"),
            Description = Text("description"),
            Offset = (double?)json["offset"] ?? 0,
        };
        var device = new NewDevice
        {
            Name = Text("name"),
            SerialNumber = Text("serial"),
            Location = json["latitude"] is { } latitude ? new Location((double)latitude, (double)json["longitude"]!) : null,
            ExternalIds = [new ExternalId("netid", Text("id")!)],
            Channels = [channel],
            Fragments = json["conduit"] is { } metadata ? new JsonObject { ["conduit"] = metadata.DeepClone() } : null,
        };
        return (device, channel);
    }

    private static async Task<string?> TakeAsync(ExampleFile example, Exchange exchange, ConduitServer server)
    {
        switch (exchange.Verb)
        {
            case "WAIT":
                server.Cloud.Time.Advance(TimeSpan.FromSeconds(int.Parse(exchange.Target)));
                return null;
            case "PUBLISH":
                await PublishAsync(exchange, server);
                return null;
            default:
                return Differs(example, exchange.Answer!, await SendAsync(exchange, server));
        }
    }

    private static async Task PublishAsync(Exchange exchange, ConduitServer server)
    {
        var token = exchange.Target.Split('/')[0];
        var client = new TopicClient("c1", token, null, true, 4, 60, null, DateTimeOffset.UnixEpoch);
        var session = (await TopicTests.Topics(server).AuthenticateAsync(client, ConduitServer.Cancellation))!.Session!;
        await session.OnPublishAsync(
            new TopicMessage(exchange.Target, Encoding.UTF8.GetBytes(exchange.Body), 1),
            ConduitServer.Cancellation
        );
    }

    private static Task<ConduitReply> SendAsync(Exchange exchange, ConduitServer server)
    {
        HttpContent? content = null;
        if (exchange.Body.Length > 0)
        {
            var bytes = Encoding.UTF8.GetBytes(exchange.Body);
            content = new ByteArrayContent(exchange.Headers.Contains(("Content-Encoding", "gzip")) ? Compress(bytes) : bytes);
            foreach (var (name, value) in exchange.Headers.Where(header => header.Name.StartsWith("Content-", StringComparison.Ordinal)))
            {
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        var others = exchange.Headers.Where(header => !header.Name.StartsWith("Content-", StringComparison.Ordinal)).ToArray();
        return server.SendAsync(exchange.Verb, exchange.Target, content, null, 0, others);
    }

    private static string? Differs(ExampleFile example, ExampleAnswer documented, ConduitReply reply)
    {
        if (documented.Status != reply.Status)
        {
            return $"documented {documented.Status}, but was {reply}";
        }

        foreach (var (name, value) in documented.Headers)
        {
            if (reply.Headers.GetValueOrDefault(name) != value)
            {
                return $"documented {name}: {value}, but was {reply.Headers.GetValueOrDefault(name)}";
            }
        }

        return example.Differs(documented.Body, reply.Body);
    }

    private static double? Number(ExampleFile example, string name) =>
        example.Value(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    private static byte[] Compress(byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var stream = new GZipStream(result, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return result.ToArray();
    }
}

using System.Collections.Immutable;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>How a test starts the cloud.</summary>
internal sealed record CloudOptions
{
    /// <summary>The data folder.</summary>
    public required string Data { get; init; }

    /// <summary>What the bootstrap file declares; none for the first start of a newcomer.</summary>
    public TestBootstrap? Bootstrap { get; init; }

    public int HttpPort { get; init; }

    public int MqttPort { get; init; }

    public int MqttsPort { get; init; }

    public ImmutableArray<string> More { get; init; } = [];

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The command line, with the bootstrap file written beside the data.</summary>
    public IEnumerable<string> Arguments()
    {
        string[] arguments =
        [
            "--urls",
            $"http://127.0.0.1:{HttpPort}",
            "--mqtt-port",
            $"{MqttPort}",
            "--mqtts-port",
            $"{MqttsPort}",
            "--data",
            Data,
            .. More,
        ];
        if (Bootstrap is null)
        {
            return arguments;
        }

        Directory.CreateDirectory(Data);
        var file = Path.Combine(Data, "bootstrap.json");
        File.WriteAllText(file, Bootstrap.ToString());
        return [.. arguments, "--bootstrap", file];
    }
}

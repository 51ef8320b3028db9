using System.ComponentModel;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>Publishes with mosquitto_pub, once for each call.</summary>
internal sealed class Mosquitto(CloudProcess cloud)
{
    public bool Tls { get; init; }

    public int Qos { get; init; } = 1;

    public string? Password { get; init; }

    public string? Topic { get; init; }

    public async Task<CommandRun> TryPublishAsync(TestDevice device, string message, params string[] more)
    {
        var host = Tls ? "localhost" : "127.0.0.1";
        string[] security = Tls ? ["-p", $"{cloud.MqttsPort}", "--cafile", cloud.AuthorityPath] : ["-p", $"{cloud.MqttPort}"];
        string[] arguments =
        [
            "-h",
            host,
            .. security,
            "-i",
            device.Uuid,
            "-u",
            Sas.UserName(host, device.Uuid),
            "-P",
            Password ?? Sas.Token(host, device),
            "-t",
            Topic ?? $"devices/{device.Uuid}/messages/events/",
            "-q",
            $"{Qos}",
            .. more,
            "-m",
            message,
        ];
        try
        {
            return await CommandRun.RunAsync("mosquitto_pub", arguments);
        }
        catch (Win32Exception)
        {
            Assert.Fail("mosquitto_pub is missing: apt-get install -y mosquitto-clients");
            throw;
        }
    }

    /// <summary>Publishes as a client of a vendor's topics, at QoS 1.</summary>
    public static Task<CommandRun> PublishAsync(
        CloudProcess cloud,
        string user,
        string password,
        string topic,
        string message,
        string? client = null
    )
    {
        string[] arguments =
        [
            "-h",
            "127.0.0.1",
            "-p",
            $"{cloud.MqttPort}",
            "-u",
            user,
            "-P",
            password,
            "-t",
            topic,
            "-q",
            "1",
            "-m",
            message,
        ];
        return CommandRun.RunAsync("mosquitto_pub", client is null ? arguments : [.. arguments, "-i", client]);
    }

    public async Task PublishAsync(TestDevice device, string message) => (await TryPublishAsync(device, message)).Succeeded();
}

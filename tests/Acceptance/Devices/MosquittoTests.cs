using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Devices;

/// <summary>What mosquitto_pub publishes, unchanged, over plain MQTT and over TLS.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class MosquittoTests(SharedCloud shared)
{
    private const string Time = "1595328301000";

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public async Task A_message_is_read_back(bool tls, int qos)
    {
        var device = shared.TakeDevice();

        await new Mosquitto(shared.Cloud) { Tls = tls, Qos = qos }.PublishAsync(device, $$"""{"timestamp":{{Time}},"temp":21.5}""");

        if (qos == 0)
        {
            await Poll.UntilAsync("it is there", async () => (await shared.Reader.PointsAsync(device.Uuid, "auto~temp")).Count == 1);
        }

        Assert.Equal(
            $$$"""[{"{{{device.Uuid}}}":{"auto~temp":[{"timestamp":"2020-07-21T10:45:01Z","values":{"value":21.5}}]}}]""",
            await shared.Reader.DataAsync(device.Uuid, "auto~temp")
        );
    }

    [Fact]
    public async Task Qos_2_is_refused_and_nothing_is_stored()
    {
        var device = shared.TakeDevice();

        var run = await new Mosquitto(shared.Cloud) { Qos = 2 }.TryPublishAsync(device, """{"temp":21.5}""");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("[]", await shared.Reader.DataAsync(device.Uuid, "auto~temp"));
    }

    [Fact]
    public async Task A_foreign_topic_ends_the_connection_and_nothing_is_stored()
    {
        var (device, other) = (shared.TakeDevice(), shared.TakeDevice());

        var topic = $"devices/{other.Uuid}/messages/events/";
        var run = await new Mosquitto(shared.Cloud) { Topic = topic }.TryPublishAsync(device, """{"temp":21.5}""");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("[]", await shared.Reader.DataAsync($"{device.Uuid},{other.Uuid}", "auto~temp"));
    }

    [Theory]
    [InlineData("a wrong password")]
    [InlineData("the token of another device")]
    [InlineData("an expired token")]
    public async Task Credentials_that_prove_nothing_are_refused(string what)
    {
        var (device, other) = (shared.TakeDevice(), shared.TakeDevice());
        var password = what switch
        {
            "a wrong password" => "secret",
            "the token of another device" => Sas.Token("127.0.0.1", other),
            _ => Sas.Token("127.0.0.1", device, DateTimeOffset.UtcNow.AddMinutes(-1)),
        };

        var run = await new Mosquitto(shared.Cloud) { Password = password }.TryPublishAsync(device, """{"temp":21.5}""");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("[]", await shared.Reader.DataAsync(device.Uuid, "auto~temp"));
    }

    [Fact]
    public async Task Tls_without_the_development_ca_is_not_trusted()
    {
        var device = shared.TakeDevice();
        var run = await CommandRun.RunAsync(
            "mosquitto_pub",
            ["-h", "localhost", "-p", $"{shared.Cloud.MqttsPort}", "--capath", "/etc/ssl/certs", "-t", "t", "-m", "m", "-i", device.Uuid]
        );

        Assert.NotEqual(0, run.ExitCode);
    }
}

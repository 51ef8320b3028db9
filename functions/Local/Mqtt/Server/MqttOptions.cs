using System.ComponentModel.DataAnnotations;

namespace Serverless.Local.Mqtt.Server;

/// <summary>The endpoint's limits. The defaults are IoT Hub's where it has one.</summary>
public sealed class MqttOptions
{
    /// <summary>How long a client may take to send CONNECT; 30 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest silence of a client, whatever keep-alive it asks for; 1,767 seconds, which is IoT Hub's.</summary>
    public TimeSpan MaximumSilence { get; set; } = TimeSpan.FromSeconds(1767);

    /// <summary>The largest packet without its fixed header: a message of 256 KiB with a topic of any length.</summary>
    [Range(128, 268_435_455)]
    public int MaximumPacketBytes { get; set; } = (256 * 1024) + (64 * 1024);

    /// <summary>How many messages of one client may wait for their commit before no more is read from it; 128.</summary>
    [Range(1, 65_535)]
    public int ReceiveWindow { get; set; } = 128;

    /// <summary>How many bytes may wait for a client that does not read before its connection ends; 4 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int SendBufferBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How many cloud-to-device messages may wait for a device's acknowledgement; 16.</summary>
    [Range(1, 65_535)]
    public int DeliveryWindow { get; set; } = 16;

    /// <summary>How many messages of a dialect may wait for a client's acknowledgement; 32. Those of the devices that it is the way to are among them.</summary>
    [Range(1, 65_535)]
    public int PublishWindow { get; set; } = 32;

    /// <summary>How many more of a dialect's messages may wait for a place among them before the client's connection ends; 1,000.</summary>
    [Range(1, int.MaxValue)]
    public int PublishQueue { get; set; } = 1000;

    /// <summary>The most filters that a dialect's client may subscribe to; 1,000. The ones beyond are refused.</summary>
    [Range(1, int.MaxValue)]
    public int Subscriptions { get; set; } = 1000;

    /// <summary>The most characters of all filters of a dialect's client; 256 Ki, so that what is kept of a session is one document.</summary>
    [Range(1, int.MaxValue)]
    public int SubscriptionCharacters { get; set; } = 256 * 1024;

    /// <summary>How long the session of a dialect's client is kept while it is away; 30 days.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The most messages of one commit; 1,000.</summary>
    [Range(1, int.MaxValue)]
    public int BatchMessages { get; set; } = 1000;

    /// <summary>The most payload bytes of one commit; 4 MiB. A commit has at least one message.</summary>
    [Range(1, int.MaxValue)]
    public int BatchBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a connection that ends may take to hand over its last bytes; 5 seconds.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

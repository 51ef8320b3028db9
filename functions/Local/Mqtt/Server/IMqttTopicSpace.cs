namespace Serverless.Local.Mqtt.Server;

/// <summary>
/// One meaning of topics on the endpoint, with its own kind of credentials. The spaces are asked in the order of their registration; the first that
/// claims a client's credentials serves its connection.
/// </summary>
public interface IMqttTopicSpace
{
    /// <summary>Checks a client's credentials.</summary>
    /// <returns>Null where they are not of this space's kind, so that the next space is asked.</returns>
    ValueTask<MqttAdmission?> AuthenticateAsync(MqttConnect connect, CancellationToken cancellation);
}

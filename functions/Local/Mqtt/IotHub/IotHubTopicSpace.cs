using System.Text;
using Serverless.Local.Mqtt.Protocol;
using Serverless.Local.Mqtt.Server;

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>
/// IoT Hub's devices: they come with <c>api-version=</c> in the user name or with a shared access signature. A module (<c>device/module</c>) is refused
/// with the code 2, since the hub has no modules.
/// </summary>
internal sealed class IotHubTopicSpace(HubServices hub) : IMqttTopicSpace
{
    public async ValueTask<MqttAdmission?> AuthenticateAsync(MqttConnect connect, CancellationToken cancellation)
    {
        var password = connect.Password is { Length: > 0 } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
        var hasSignature = password?.StartsWith(SasToken.Prefix, StringComparison.Ordinal) == true;
        if (HubUserName.Parse(connect.UserName) is not { } user || !(user.HasApiVersion || hasSignature))
        {
            return null;
        }

        if (connect.ProtocolVersion < ConnectPacket.Version311)
        {
            return MqttAdmission.Refuse(ConnectReturnCode.UnacceptableProtocol);
        }

        if (connect.ClientId != user.DeviceId)
        {
            return MqttAdmission.Refuse(ConnectReturnCode.IdentifierRejected);
        }

        if (password is not null && SasToken.Parse(password) is null)
        {
            return MqttAdmission.Refuse(ConnectReturnCode.BadUserNameOrPassword);
        }

        var identity = await hub.Backend.FindAsync(user.DeviceId, cancellation);
        if (Credentials(connect, user, password) is not { } credentials || !credentials.Prove(identity, hub.Time.GetUtcNow()))
        {
            return MqttAdmission.Refuse(ConnectReturnCode.NotAuthorized);
        }

        var topics = new HubTopics(user.DeviceId);
        return AcceptsWill(connect.Will, topics)
            ? MqttAdmission.Accept(new IotHubSession(user.DeviceId, hub, topics, connect, credentials))
            : MqttAdmission.Refuse(ConnectReturnCode.NotAuthorized);
    }

    private static HubCredentials? Credentials(MqttConnect connect, HubUserName user, string? password)
    {
        if (password is null)
        {
            return connect.Certificate is null ? null : HubCredentials.OfCertificate(user, connect.Certificate);
        }

        return SasToken.Parse(password) is { } token ? HubCredentials.OfToken(user, token) : null;
    }

    private static bool AcceptsWill(MqttMessage? will, HubTopics topics)
    {
        if (will is null)
        {
            return true;
        }

        try
        {
            return will.Qos <= MqttQos.AtLeastOnce && topics.Parse(will.Topic).Kind == HubTopicKind.Telemetry;
        }
        catch (MqttProtocolException)
        {
            return false;
        }
    }
}

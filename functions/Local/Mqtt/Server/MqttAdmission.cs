using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>A topic space's answer to a client whose credentials are of its kind: a session, or why not.</summary>
public sealed class MqttAdmission
{
    private MqttAdmission(ConnectReturnCode code, IMqttSession? session)
    {
        Code = code;
        Session = session;
    }

    public ConnectReturnCode Code { get; }

    public IMqttSession? Session { get; }

    public static MqttAdmission Accept(IMqttSession session) => new(ConnectReturnCode.Accepted, session);

    public static MqttAdmission Refuse(ConnectReturnCode code) => new(code, session: null);
}

using Microsoft.Extensions.Logging;

namespace Serverless.Dialects.Cumulocity.Mqtt.Sessions;

/// <summary>Log lines of the MQTT service; none has a payload.</summary>
internal static partial class CumulocityTopicLog
{
    [LoggerMessage(600, LogLevel.Warning, "A message of Cumulocity's client {Client} on {Topic} was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string client, string topic, string reason);

    [LoggerMessage(601, LogLevel.Error, "A message of Cumulocity's client {Client} on {Topic} failed")]
    public static partial void Failed(ILogger logger, string client, string topic, Exception failure);

    [LoggerMessage(602, LogLevel.Error, "An operation of {Tenant} was not sent to its agent, who gets it when it asks for what is pending")]
    public static partial void NotPushed(ILogger logger, string tenant, Exception failure);

    [LoggerMessage(603, LogLevel.Warning, "The connection of Cumulocity's client {Client} is not kept up to date now; it is tried again")]
    public static partial void NotRenewed(ILogger logger, string client, Exception failure);
}

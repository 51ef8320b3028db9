namespace Serverless.Domain.Realtime;

/// <summary>The protocols on sockets, each with connections and groups of its own. On Azure each is a hub of Web PubSub; infra/sockets.bicep has the same names.</summary>
public static class RealtimeHubs
{
    /// <summary>Bayeux.</summary>
    public const string Realtime = "realtime";

    /// <summary>The consumers of Notification 2.0.</summary>
    public const string Notifications = "notifications";
}

namespace Serverless.Local.Mqtt.IotHub;

/// <summary>A connection's way to one device: a hub session, or what a dialect's connection has attached.</summary>
internal interface IDeviceRoute
{
    string HubId { get; }

    DateTimeOffset ConnectedAt { get; }

    /// <summary>False when it ends: it is there only until the queue knows what the client has acknowledged.</summary>
    bool IsConnected { get; }

    /// <summary>Whether cloud-to-device messages may go this way.</summary>
    bool TakesMessages { get; }

    /// <summary>There may be something in the device's queue that this way is to take.</summary>
    void DeliverMessages();

    /// <summary>The device's identity has changed, or is gone.</summary>
    void Check(Domain.Devices.HubIdentity? identity);
}

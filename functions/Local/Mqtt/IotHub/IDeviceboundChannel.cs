namespace Serverless.Local.Mqtt.IotHub;

/// <summary>What became of a cloud-to-device message that was to be sent.</summary>
internal enum DeviceboundSent
{
    /// <summary>Nothing: it cannot be sent now. The channel's owner signals the delivery when it can.</summary>
    Later,

    /// <summary>It is on its way at QoS 0, for good.</summary>
    AtMostOnce,

    /// <summary>It is on its way at QoS 1: the channel's owner tells the delivery of its acknowledgement.</summary>
    AtLeastOnce,

    /// <summary>It cannot be sent on this connection at all, and stays in the queue.</summary>
    Never,
}

/// <summary>How one connection sends a device's cloud-to-device messages.</summary>
internal interface IDeviceboundChannel
{
    /// <summary>
    /// How many messages it may send now; 0 where the client does not want them, another connection takes them, or too many wait for their acknowledgements. The delivery is signalled when that changes.
    /// </summary>
    int Room { get; }

    DeviceboundSent Send(QueuedMessage queued);

    /// <inheritdoc cref="Server.IMqttLink.FlushAsync"/>
    Task<bool> FlushAsync();

    /// <summary>The delivery has sent what it could: what room is left may be another's.</summary>
    void Idle();

    /// <inheritdoc cref="Server.IMqttLink.Close"/>
    void Close(string reason);
}

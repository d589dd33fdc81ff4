package tocsin.dispatcher.address;

/** Somebody who chose an address of the list, and must let go of one that leaves it. */
public interface AddressUser {

    /**
     * Called in the transaction that removes the address, before it is gone; has taken whatever lock its own choice is made under.
     *
     * @param who removes it, for the audit of what changes by it
     */
    void removed(String org, String address, String who);
}

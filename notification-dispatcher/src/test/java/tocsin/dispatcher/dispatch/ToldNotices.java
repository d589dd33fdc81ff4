package tocsin.dispatcher.dispatch;

import static tocsin.dispatcher.dispatch.ToldStanding.EMAIL;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tocsin.dispatcher.dispatch.ToldNotice.Stands;

/** The notifications of {@link ToldModel}, how their webhooks end, and what takes them back. */
final class ToldNotices {

    private final ToldStanding standing;
    private final List<ToldNotice> notices = new ArrayList<>();

    ToldNotices(ToldStanding standing) {
        this.standing = standing;
    }

    ToldNotice add(String kind, ToldIncident incident) {
        ToldNotice notice = new ToldNotice(kind, incident);
        notices.add(notice);
        return notice;
    }

    int size() {
        return notices.size();
    }

    /** Kind, and for each destination what is told there, each notification in turn. */
    List<String> all() {
        return notices.stream().map(ToldNotice::toString).toList();
    }

    void areOf(ToldIncident incident, ToldIncident before) {
        notices.stream().filter(it -> it.incident == before).forEach(it -> it.incident = incident);
    }

    /**
     * Corrects where it was told, and nowhere else.
     *
     * @return whether there was anybody to correct
     */
    boolean takeBack(ToldIncident incident) {
        ToldNotice correction = new ToldNotice("withdrawn", incident);
        List<ToldNotice> before =
                notices.stream().filter(it -> it.incident == incident).toList();
        for (Map.Entry<String, String> there : incident.where.entrySet()) {
            String destination = there.getKey();
            List<ToldNotice> takesBack =
                    before.stream().filter(it -> it.counts(destination)).toList();
            if (destination.equals(EMAIL)) {
                correction.tell(
                        EMAIL,
                        there.getValue() + " ",
                        standing.mayCorrect(there.getValue()) ? Stands.PENDING : Stands.SUPPRESSED);
            } else if (!takesBack.isEmpty()) {
                correction.tell(destination, "", goesNow(destination, takesBack));
            }
        }
        correction.mailed = correction.is(EMAIL, Stands.PENDING);
        before.forEach(it -> it.isTakenBackBy(correction));
        incident.forget();
        if (correction.isEmpty()) {
            return false;
        }
        return notices.add(correction);
    }

    /** A correction never comes before what it takes back, and does not come to whom nothing came. */
    private Stands goesNow(String destination, List<ToldNotice> takesBack) {
        if (takesBack.stream().anyMatch(it -> it.is(destination, Stands.PENDING))) {
            return Stands.HELD;
        }
        boolean arrived = takesBack.stream().anyMatch(it -> it.is(destination, Stands.DELIVERED));
        return arrived && standing.mayGo(destination) ? Stands.PENDING : Stands.SUPPRESSED;
    }

    /** How the webhook of a notification ended; of one that had failed, after it was sent again. */
    void settle(int number, String endpoint, boolean delivered) {
        ToldNotice notice = notices.get(number);
        boolean again = notice.is(endpoint, Stands.FAILED);
        notice.becomes(endpoint, delivered ? Stands.DELIVERED : Stands.FAILED);
        if (!delivered && !again) {
            tellByMail(notice, endpoint);
        }
        if (delivered && again) {
            notice.correction(endpoint).ifPresent(it -> correctAfterAll(notice, endpoint, it));
        }
        List.copyOf(notices).stream().filter(it -> it.is(endpoint, Stands.HELD)).forEach(it -> letGo(it, endpoint));
    }

    private void tellByMail(ToldNotice notice, String endpoint) {
        if (notice.mailed || notice.correction(endpoint).isPresent()) {
            return;
        }
        String address = standing.address().orElseThrow();
        boolean rangAnew = notice.isWithdrawal() && notice.incident.isKnown();
        boolean goes = standing.mayGo(EMAIL);
        add("undelivered", notice.incident)
                .tell(
                        EMAIL,
                        address + " " + notice.told(endpoint),
                        goes && !rangAnew ? Stands.PENDING : Stands.SUPPRESSED);
        if (goes && !notice.isWithdrawal()) {
            notice.incident.where.put(EMAIL, address);
        }
    }

    private void correctAfterAll(ToldNotice notice, String endpoint, ToldNotice correction) {
        if (correction.is(endpoint, Stands.HELD)) {
            return;
        }
        if (notice.incident.isKnown()) {
            notice.isLetGo(endpoint);
            notice.incident.where.putIfAbsent(endpoint, "");
            return;
        }
        ToldNotice after = add("withdrawn", notice.incident);
        after.tell(endpoint, "", standing.mayGo(endpoint) ? Stands.PENDING : Stands.SUPPRESSED);
        notice.isTakenBackBy(after, endpoint);
    }

    private void letGo(ToldNotice correction, String endpoint) {
        List<ToldNotice> takesBack = notices.stream()
                .filter(it -> it.correction(endpoint).filter(correction::equals).isPresent())
                .toList();
        boolean arrived = takesBack.stream().anyMatch(it -> it.is(endpoint, Stands.DELIVERED));
        boolean underWay = takesBack.stream().anyMatch(it -> it.is(endpoint, Stands.PENDING));
        if (arrived && !underWay && correction.incident.isKnown()) {
            takesBack.forEach(it -> it.isLetGo(endpoint));
            correction.incident.where.putIfAbsent(endpoint, "");
            correction.becomes(endpoint, Stands.SUPPRESSED);
        } else {
            correction.becomes(endpoint, goesNow(endpoint, takesBack));
        }
    }
}

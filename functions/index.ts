import './backfill';
import './judge';
import './reconcile';
import './resource-changed';
import './steering';
